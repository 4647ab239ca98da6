import { describe, expect, it } from "vitest";
import { briefPayload, quote } from "../../src/scenario/brief-payload.ts";
import { filler, hex, utf8 } from "../helpers/bytes.ts";

describe("a payload in a few words", () => {
  it.each([
    ["hello", '"hello"'],
    ["", '""'],
    ['{"type":"pong"}', '{"type":"pong"}'],
    ["a\nb", '"a\nb"'],
    ["x".repeat(60), `"${"x".repeat(60)}"`],
    ["x".repeat(61), `"${"x".repeat(59)}…"`],
    ["😀".repeat(60), `"${"😀".repeat(60)}"`],
    ["😀".repeat(1e5), `"${"😀".repeat(59)}…"`],
  ])("text %#", (text, words) => {
    expect(briefPayload(utf8(text), "text")).toBe(words);
    expect(quote(text)).toBe(words);
  });

  it.each([
    [hex(""), "binary (0 B)"],
    [hex("01 02 ff"), "binary 01 02 ff (3 B)"],
    [filler(16), "binary 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f (16 B)"],
    [filler(1000), "binary 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f … (1000 B)"],
    [filler(40).subarray(30, 32), "binary 1e 1f (2 B)"],
  ])("bytes %#", (bytes, words) => expect(briefPayload(bytes, "binary")).toBe(words));
});
