import { describe, expect, it } from "vitest";
import { BitReader } from "../../src/protocol/bit-reader.ts";
import { buildHuffman, readSymbol } from "../../src/protocol/huffman.ts";

/** Bits as they follow each other on the wire. */
function read(lengths: readonly number[], bits: string, count: number): number[] {
  const code = buildHuffman(Uint8Array.from(lengths), { mayBeSparse: true })!;
  const octets = bits
    .replaceAll(" ", "")
    .match(/.{1,8}/g)!
    .map((eight) => Number.parseInt(Array.from(eight).toReversed().join(""), 2));
  const reader = new BitReader(Uint8Array.from(octets));
  return Array.from({ length: count }, () => readSymbol(reader, code));
}

describe("a Huffman code", () => {
  it("is the one of RFC 1951, section 3.2.2", () => {
    const lengths = [3, 3, 3, 3, 3, 2, 4, 4];
    expect(read(lengths, "010 011 100 101 110 00 1110 1111", 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("has codes longer than a look into the table", () => {
    const lengths = [...Array.from({ length: 14 }, (_, i) => i + 1), 15, 15];
    const bits = `${"1".repeat(14)}0 ${"1".repeat(15)} 10 ${"1".repeat(9)}0 0`;
    expect(read(lengths, bits, 5)).toEqual([14, 15, 1, 9, 0]);
  });

  it("with one symbol leaves half of the bits without a meaning", () => {
    expect(read([0, 0, 1], "00", 2)).toEqual([2, 2]);
    expect(read([0, 0, 1], "1", 1)).toEqual([-1]);
    expect(read([0, 0], "0", 1)).toEqual([-1]);
  });

  it.each<[readonly number[], boolean, boolean]>([
    [[1, 1], false, true],
    [[1, 1, 1], true, false],
    [[2, 2, 2], true, false],
    [[2, 2, 2, 2, 15], true, false],
    [[2], true, false],
    [[1], true, true],
    [[1], false, false],
    [[], false, true],
    [[0, 0], false, true],
  ])("of the lengths %j, sparse or not (%s): %s", (lengths, mayBeSparse, sound) => {
    expect(buildHuffman(Uint8Array.from(lengths), { mayBeSparse }) !== undefined).toBe(sound);
  });
});
