import fc from "fast-check";
import { expect, it } from "vitest";
import { base64Pieces, textPieces } from "../../src/capture/json-pieces.ts";
import { concat, filler, hex, utf8 } from "../helpers/bytes.ts";

function text(bytes: Uint8Array): unknown {
  return JSON.parse(`"${Array.from(textPieces(bytes)).join("")}"`);
}

const codePoint = fc.integer({ min: 0, max: 0x10ffff }).filter((at) => at < 0xd800 || at > 0xdfff);
const anyText = fc.array(codePoint).map((points) => String.fromCodePoint(...points));

it("is the inside of a JSON string", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(text(utf8(value))).toBe(value);
    }),
  );
  expect(text(hex("efbbbf 22 5c 1b 00"))).toBe('\ufeff"\\\u001b\0');
});

it("cuts long text anywhere, also within a character", () => {
  for (const lead of ["", "a", "ab", "abc"]) {
    const long = `\ufeff${lead}${"\u{1f600}".repeat(30_000)}`;
    const pieces = Array.from(textPieces(utf8(long)));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
    expect(JSON.parse(`"${pieces.join("")}"`)).toBe(long);
  }
});

it("has a replacement character where there is no UTF-8", () => {
  expect(text(hex("61 ff 62"))).toBe("a\ufffdb");
  expect(text(concat([filler(49_152).fill(0x61), hex("c3")]))).toBe(`${"a".repeat(49_152)}\ufffd`);
});

it("writes base64 seamlessly", () => {
  for (const length of [0, 1, 2, 3, 49_151, 49_152, 49_153, 200_000]) {
    const bytes = filler(length);
    expect(Array.from(base64Pieces(bytes)).join("")).toBe(Buffer.from(bytes).toString("base64"));
  }
});
