import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordCutter } from "../../../src/capture/packets/record-cutter.ts";
import { concat, filler, hex, splitAt, splitPoints, toHex } from "../../helpers/bytes.ts";

/** Records of two bytes of length and so many more. */
function record(length: number): Uint8Array {
  return concat([Uint8Array.of(length >> 8, length & 255), filler(length)]);
}

function cut(pieces: readonly Uint8Array[]) {
  const seen: string[] = [];
  const cutter = new RecordCutter({
    measure: (bytes, at, available) =>
      available < 2 ? 2 : 2 + ((bytes[at]! << 8) | bytes[at + 1]!),
    take: (bytes, at, length, fileOffset) =>
      void seen.push(`${fileOffset}:${toHex(bytes.subarray(at, at + length))}`),
  });
  for (const piece of pieces) {
    const reused = Uint8Array.from(piece);
    cutter.push(reused);
    reused.fill(0xee);
  }
  return { seen, end: cutter.end(), cutter };
}

describe("records", () => {
  it("come whole from pieces of any size, which may be reused", () => {
    const lengths = fc.array(fc.nat(9000), { maxLength: 8 });
    fc.assert(
      fc.property(lengths, splitPoints, (sizes, points) => {
        const whole = concat(sizes.map(record));
        let at = 0;
        const expected = sizes.map((size) => {
          const line = `${at}:${toHex(record(size))}`;
          at += 2 + size;
          return line;
        });
        const { seen, end } = cut(splitAt(whole, points));
        expect(seen).toEqual(expected);
        expect(end).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("that are cut are told with their place", () => {
    expect(cut([record(3), hex("00 05 01")]).end).toEqual({ offset: 5, present: 3, missing: 4 });
    expect(cut([hex("00")]).end).toEqual({ offset: 0, present: 1, missing: 1 });
  });

  it("are not copied where they lie whole in a piece", () => {
    const piece = record(3);
    let same = false;
    new RecordCutter({ measure: () => 5, take: (bytes) => (same = bytes === piece) }).push(piece);
    expect(same).toBe(true);
  });
});
