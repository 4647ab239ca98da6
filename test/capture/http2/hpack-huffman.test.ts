import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHuffman } from "../../../src/capture/http2/hpack-huffman.ts";
import { hex } from "../../helpers/bytes.ts";

function decode(text: string): string | undefined {
  const bytes = hex(text);
  return decodeHuffman(bytes, 0, bytes.length);
}

describe("a Huffman-coded string", () => {
  it.each([
    ["f1e3 c2e5 f23a 6ba0 ab90 f4ff", "www.example.com"],
    ["a8eb 1064 9cbf", "no-cache"],
    ["25a8 49e9 5bb8 e8b4 bf", "custom-value"],
    ["d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["", ""],
    // The longest codes, of 30 bits: 0x0a, 0x0d, 0x16.
    ["ffff fff3", "\n"],
    ["ffff fff7", "\r"],
    ["ffff fffb", "\x16"],
    ["ffc7", "\0"],
  ])("%s is %j", (text, value) => {
    expect(decode(text)).toBe(value);
  });

  it.each([
    ["the end of a string in it", "ffff ffff"],
    ["padding of eight bits", "1fff"],
    ["padding that is no ones", "18"],
    ["half a code", "ff"],
    ["half a long code", "ffff"],
  ])("may not have %s", (_, text) => {
    expect(decode(text)).toBeUndefined();
  });

  it("may stand anywhere, and is of any octets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(8), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        const text = decodeHuffman(bytes, from, bytes.length);
        expect(text).toBe(decodeHuffman(bytes.slice(from), 0, bytes.length - from));
        expect((text ?? "").length * 5).toBeLessThanOrEqual((bytes.length - from) * 8);
      }),
    );
  });
});
