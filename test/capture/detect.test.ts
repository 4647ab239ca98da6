import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foreignFormat, TextDetector } from "../../src/capture/detect.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { hex, singly, utf8 } from "../helpers/bytes.ts";

function isText(...pieces: readonly Uint8Array[]): boolean {
  const detector = new TextDetector();
  for (const piece of pieces) detector.push(piece);
  return detector.end();
}

describe("TextDetector", () => {
  it.each([
    ["hex", utf8("81 05\r\n\t68")],
    ["a form feed", utf8("81\f05")],
    ["text with a byte order mark", utf8("\ufeff81 05")],
    ["comments in any language", utf8("81 // héllo 日本")],
  ])("takes %s for text, in one piece and in many", (_, bytes) => {
    expect(isText(bytes)).toBe(true);
    expect(isText(...singly(bytes))).toBe(true);
  });

  it.each([
    ["a frame", "8105 68656c6c6f"],
    ["a first fragment", "0105 68656c6c6f"],
    ["a compressed first fragment, which begins with A", "4105 68656c6c6f"],
    ["an empty continuation", "0000"],
    ["a character that is cut", "3831 20 c3"],
    ["an escape sequence", "1b5b324a"],
  ])("takes %s for bytes, in one piece and in many", (_, digits) => {
    expect(isText(hex(digits))).toBe(false);
    expect(isText(...singly(hex(digits)))).toBe(false);
  });

  it("never takes a whole frame for text, but for one whose every octet is a character", () => {
    const spec = fc.record({
      opcode: fc.constantFrom(0, 1, 2, 8),
      fin: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 200 }),
      maskKey: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(spec, (frame) => {
        expect(isText(encodeFrame(frame))).toBe(false);
      }),
    );
  });
});

describe("foreignFormat", () => {
  it.each([
    ["d4c3b2a1 02000400", "a pcap capture"],
    ["a1b23c4d", "a pcap capture"],
    ["0a0d0d0a", "a pcapng capture"],
    ["1f8b0800", "gzip"],
    ["81050a0d", undefined],
    ["1f8b", undefined],
    ["", undefined],
  ])("%s is %s", (digits, name) => expect(foreignFormat(hex(digits))).toBe(name));
});
