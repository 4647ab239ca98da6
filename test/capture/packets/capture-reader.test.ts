import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captureFormat, CaptureReader } from "../../../src/capture/packets/capture-reader.ts";
import { FramecatError } from "../../../src/errors.ts";
import { concat, filler, hex, singly, utf8 } from "../../helpers/bytes.ts";
import {
  enhancedPacket,
  interfaceBlock,
  pcap,
  recordCapture,
  sectionHeader,
} from "../../helpers/packets.ts";

function read(pieces: readonly Uint8Array[]) {
  const record = recordCapture();
  const reader = new CaptureReader(record, "x");
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return record;
}

const FILES = {
  pcap: pcap([{ data: filler(7) }]),
  pcapng: concat([sectionHeader(), interfaceBlock(), enhancedPacket(filler(7))]),
};

describe.each(["pcap", "pcapng"] as const)("%s", (name) => {
  it("is found by its first bytes, in pieces of any size", () => {
    expect(captureFormat(FILES[name])).toBe(name);
    for (const pieces of [[FILES[name]], singly(FILES[name])]) {
      expect(read(pieces).packets).toMatchObject([{ data: filler(7) }]);
    }
  });

  it("may be cut in its header", () => {
    expect(read([FILES[name].subarray(0, 10)]).notes).toMatchObject([{ offset: 0, present: 10 }]);
  });
});

it.each([
  ["text", utf8("hello"), "x is neither pcap nor pcapng"],
  ["three bytes", hex("a1 b2 c3"), "x is neither pcap nor pcapng"],
  ["nothing", hex(""), "x is empty"],
])("%s is no capture", (_, bytes, message) => {
  expect(captureFormat(bytes)).toBeUndefined();
  expect(() => read([bytes])).toThrow(message);
  expect(() => read(singly(bytes))).toThrow(FramecatError);
});

it("any bytes are read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        read([bytes]);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FramecatError);
      }
    }),
  );
});
