import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  detectFormat,
  foreignFormat,
  foreignText,
  TextDetector,
} from "../../src/capture/detect.ts";
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

describe("detectFormat", () => {
  it.each([
    ["d4c3b2a1 02000400", "pcap"],
    ["a1b23c4d", "pcap"],
    ["0a0d0d0a", "pcapng"],
    ["0a0d", undefined],
    ["89504e47", undefined],
    ["", undefined],
    ["81", "text or binary"],
    ["8900", "text or binary"],
    ["3831", "text or binary"],
  ])("%s is %s", (digits, found) => expect(detectFormat(hex(digits))).toBe(found));

  it.each([
    ['{"log":{', "har"],
    ['{"v":"framecat.event/1","type":"note"}\n', "ndjson"],
    ["{ 0x81, 0x05 }\n", "text or binary"],
    ["  { ", undefined],
  ])("%j is %s", (text, found) => expect(detectFormat(utf8(text))).toBe(found));

  it("decides at the end, at the latest", () => {
    for (const head of [hex(""), hex("0a0d"), utf8("{")]) {
      expect(detectFormat(head, true)).toBe("text or binary");
    }
  });
});

describe("foreignFormat", () => {
  it.each([
    ["504b0304", "a zip archive"],
    ["7f454c46 0201", "an ELF program"],
    ["1f8b0800", "gzip"],
    ["fffe3800", "text in UTF-16"],
    ["81050a0d", undefined],
    ["1f8b", undefined],
    ["", undefined],
  ])("%s is %s", (digits, what) => expect(foreignFormat(hex(digits))?.what).toBe(what));

  it("is no frame that a sender without a fault makes", () => {
    const spec = fc.record({
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
      payload: fc.uint8Array({ maxLength: 20 }),
      maskKey: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(spec, (frame) => {
        expect(foreignFormat(encodeFrame(frame))).toBeUndefined();
        expect(detectFormat(encodeFrame(frame), true)).toBe("text or binary");
      }),
    );
  });
});

describe("foreignText", () => {
  it.each([
    ['{"a":1}', "JSON, but neither a HAR nor NDJSON of framecat"],
    ["[{}]", "JSON, but neither a HAR nor NDJSON of framecat"],
    ["<!DOCTYPE html>", "markup"],
    ["-----BEGIN CERTIFICATE-----", "PEM"],
    ["# keys\nCLIENT_RANDOM 01 02", "a TLS key log"],
    ["03:22:03.336997 IP 127.0.0.1.1 > 127.0.0.1.2: x", "what tcpdump prints without the bytes"],
    ["81 05", undefined],
    ["hello", undefined],
  ])("%j is %s", (text, what) => expect(foreignText(text)?.what).toBe(what));
});
