import fc from "fast-check";
import { expect, it } from "vitest";
import { SharedMessage } from "../../src/transport/shared-message.ts";
import { hex as bytesOf, toHex as hex } from "../helpers/bytes.ts";
import { parse } from "../helpers/frames.ts";

it.each([
  ["text", new SharedMessage("Hello"), "810548656c6c6f"],
  ["text given as bytes", new SharedMessage(bytesOf("4869"), { binary: false }), "81024869"],
  ["binary", new SharedMessage(bytesOf("00ff")), "820200ff"],
  ["nothing", new SharedMessage(""), "8100"],
])("%s is one frame that is not masked", (_, message, expected) => {
  expect(hex(message.frame)).toBe(expected);
});

it("is held once: its payload is part of its frame", () => {
  const { payload, frame } = new SharedMessage("Hello");
  expect(Buffer.from(payload).toString()).toBe("Hello");
  expect([payload.buffer, payload.byteOffset]).toEqual([frame.buffer, frame.byteOffset + 2]);
});

it("may be given in parts", () => {
  const { payload } = new SharedMessage([bytesOf("4865"), bytesOf(""), bytesOf("6c6c6f")]);
  expect(hex(payload)).toBe("48656c6c6f");
});

it("of any length is read as it was", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70_000 }), fc.boolean(), (length, binary) => {
      const { payload, frame } = new SharedMessage(new Uint8Array(length).fill(97), { binary });
      const [read] = parse([frame]).frames;
      expect(read?.header).toMatchObject({ fin: true, rsv1: false, opcode: binary ? 2 : 1 });
      expect(hex(read!.payload)).toBe(hex(payload));
    }),
    { numRuns: 30 },
  );
});
