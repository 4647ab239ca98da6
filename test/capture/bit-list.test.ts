import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBitList } from "../../src/capture/bit-list.ts";
import { toHex } from "../helpers/bytes.ts";

function digits(text: string): string | undefined {
  const parsed = parseBitList(text);
  return parsed?.ok ? toHex(parsed.bytes) : undefined;
}

describe("parseBitList", () => {
  it.each([
    ["10000001 00000101", "8105"],
    ["10000001\n00000101\n", "8105"],
    ["  0b10000001, 0b00000101,", "8105"],
    ["0B10000001", "81"],
    ["00000001 00000000", "0100"],
  ])("%j is bits", (text, expected) => expect(digits(text)).toBe(expected));

  it.each([
    "",
    "10000001",
    "00000000 00000000",
    "10000001 0000010",
    "10000001 000001012",
    "10000001 00000105",
    "1000000100000101",
    "10000001 81",
  ])("%j is none", (text) => expect(parseBitList(text)).toBeUndefined());

  it("any bytes, printed with 0b", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const octets = Array.from(bytes, (octet) => `0b${octet.toString(2).padStart(8, "0")}`);
        expect(digits(octets.join(", "))).toBe(toHex(bytes));
      }),
    );
  });
});
