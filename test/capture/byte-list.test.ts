import fc from "fast-check";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { parseByteList } from "../../src/capture/byte-list.ts";
import { toHex } from "../helpers/bytes.ts";

describe("parseByteList", () => {
  it.each([
    ["Uint8Array(3) [ 129, 5, 104 ]", "810568"],
    ["Uint8Array [ 10, 20 ]", "0a14"],
    ["new Uint8Array([10, 20]);", "0a14"],
    ["const a = Buffer.from([10, 20]);", "0a14"],
    ['{"type":"Buffer","data":[10,20]}', "0a14"],
    ["bytes([10, 20])", "0a14"],
    ["[129, 5]", "8105"],
    ["[129 5]", "8105"],
    ["[-127, 5, -1]", "8105ff"],
    ["[ 10, 5 ]", "0a05"],
    ["Uint8Array(0) [ ]", ""],
  ])("%s", (text, digits) => {
    const result = parseByteList(text);
    expect(result?.ok && toHex(result.bytes)).toBe(digits);
  });

  it.each([
    ["pairs of digits, which are hex", "[81, 05, 68]"],
    ["prefixed hex", "[0x81, 0x05]"],
    ["prefixed hex in an array", "new Uint8Array([0x81, 0x05])"],
    ["digits without brackets", "129, 5"],
    ["an open list", "[129, 5"],
    ["words behind it", "[129, 5] and more"],
    ["a member of JSON", '{"a":[129]}'],
    ["JSON of other things", '[{"a":129}]'],
  ])("leaves %s to others", (_, text) => expect(parseByteList(text)).toBeUndefined());

  it.each([
    ["more than a byte", "Uint8Array(2) [\n  129, 256\n]", 2, 8, '"256" is no byte in decimal'],
    [
      "what Node left out",
      "Uint8Array(999) [\n  129,\n  ... 899 more items\n]",
      3,
      3,
      '"... 899 more items" were left out when this was printed',
    ],
    ["a word", "Uint8Array(2) [ 129, x ]", 1, 22, '"x" is no byte in decimal'],
  ])("tells the place of %s", (_, text, line, column, message) => {
    expect(parseByteList(text)).toEqual({ ok: false, error: { line, column, message } });
  });

  it("reads what Node prints", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        for (const text of [inspect(new Uint8Array(bytes)), JSON.stringify(Buffer.from(bytes))]) {
          const result = parseByteList(text);
          expect(result?.ok && toHex(result.bytes)).toBe(toHex(bytes));
        }
      }),
    );
  });
});
