import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordReader } from "../../../src/capture/tls/record-reader.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, toHex } from "../../helpers/bytes.ts";
import { record } from "./forge.ts";

/** `23@0 0102` is a record, `lost@0 +5` are bytes without one, `lost@0 +9 type 23` is a damaged one. */
class Reading {
  readonly told: string[] = [];
  readonly reader: RecordReader;

  constructor() {
    this.reader = new RecordReader({
      record: ({ type, offset, body }) => {
        const content = body.length > 8 ? `${body.length} bytes` : toHex(body);
        this.told.push(`${type}@${offset} ${content}`);
      },
      lost: (offset, length, type) => {
        this.told.push(`lost@${offset} +${length}${type === undefined ? "" : ` type ${type}`}`);
      },
    });
  }

  /** A number is a gap. */
  read(...pieces: readonly (Uint8Array | number)[]): string[] {
    for (const piece of pieces) {
      if (typeof piece === "number") this.reader.gap(piece);
      else this.reader.push(piece, 0n);
    }
    this.reader.end();
    return this.told;
  }
}

const read = (...pieces: readonly (Uint8Array | number)[]) => new Reading().read(...pieces);

const SMALL = record(23, hex("0102"));
const LARGE = record(23, filler(1000));
const JUNK = hex("aaaaaaaaaaaaaa");

describe("cutting", () => {
  const wire = concat([
    record(22, hex("01"), 0x0301),
    record(23, hex("")),
    record(23, filler(18_432)),
    record(24, hex("07")),
  ]);
  const told = ["22@0 01", "23@6 ", "23@11 18432 bytes", "24@18448 07"];

  it("at any splits, and byte by byte", () => {
    expect(read(wire)).toEqual(told);
    expect(read(...singly(wire))).toEqual(told);
    fc.assert(
      fc.property(splitPoints, (points) => {
        expect(read(...splitAt(wire, points))).toEqual(told);
      }),
    );
  });

  it("pieces that are larger than what is searched at a time", () => {
    const many = concat(Array.from({ length: 100 }, () => LARGE));
    expect(read(many)).toEqual(Array.from({ length: 100 }, (_, i) => `23@${i * 1005} 1000 bytes`));
  });

  it("tells the time of the last byte", () => {
    const times: bigint[] = [];
    const reader = new RecordReader({ record: ({ tsNs }) => times.push(tsNs), lost: () => {} });
    singly(SMALL).forEach((piece, i) => reader.push(piece, BigInt(i)));
    reader.push(SMALL, 20n);
    expect(times).toEqual([6n, 20n]);
  });
});

type Case = [name: string, pieces: (Uint8Array | number)[], told: string[]];

describe("gaps", () => {
  it.each<Case>([
    [
      "within a record",
      [LARGE.subarray(0, 5), 400, LARGE.subarray(405), SMALL],
      ["lost@0 +1005 type 23", "23@1005 0102"],
    ],
    [
      "to the end of a record",
      [LARGE.subarray(0, 99), 906, SMALL],
      ["lost@0 +1005 type 23", "23@1005 0102"],
    ],
    [
      "twice within a record",
      [LARGE.subarray(0, 99), 1, LARGE.subarray(100, 200), 805, SMALL],
      ["lost@0 +1005 type 23", "23@1005 0102"],
    ],
    ["of a record", [SMALL, 1005, SMALL], ["23@0 0102", "lost@7 +1005", "23@1012 0102"]],
    [
      "of a record and a half",
      [SMALL, 7 + 500, LARGE.subarray(500), SMALL, SMALL],
      ["23@0 0102", "lost@7 +1012", "23@1019 0102", "23@1026 0102"],
    ],
    ["within a header", [SMALL.subarray(0, 3), 4, SMALL], ["lost@0 +7", "23@7 0102"]],
    [
      "from within a record to the next",
      [LARGE.subarray(0, 99), 907, SMALL.subarray(1), SMALL, SMALL],
      ["lost@0 +1012", "23@1012 0102", "23@1019 0102"],
    ],
    [
      "out of a record that is being skipped",
      [LARGE.subarray(0, 99), 1, LARGE.subarray(100, 200), 806, SMALL.subarray(1), SMALL],
      ["lost@0 +1005 type 23", "lost@1005 +7", "23@1012 0102"],
    ],
    ["at the end", [SMALL, 50], ["23@0 0102", "lost@7 +50"]],
    ["with a record behind that nothing confirms", [50, JUNK, SMALL], ["lost@0 +57", "23@57 0102"]],
    [
      "with a record behind that a gap follows",
      [50, JUNK, SMALL, 9],
      ["lost@0 +57", "23@57 0102", "lost@64 +9"],
    ],
    ["with half a record behind", [50, JUNK, SMALL.subarray(0, 6)], ["lost@0 +63"]],
  ])("%s", (_, pieces, told) => {
    expect(read(...pieces)).toEqual(told);
    const bytewise = pieces.flatMap<Uint8Array | number>((piece) =>
      typeof piece === "number" ? [piece] : singly(piece),
    );
    expect(read(...bytewise)).toEqual(told);
  });

  it("does not take what looks like a header for one where none follows", () => {
    const fake = hex("17 03 03 00 04");
    expect(read(SMALL, 3, JUNK, fake, JUNK, SMALL, SMALL)).toEqual([
      "23@0 0102",
      "lost@7 +22",
      "23@29 0102",
      "23@36 0102",
    ]);
  });

  it("finds the next border where bytes are no record", () => {
    expect(read(SMALL, JUNK, SMALL, SMALL)).toEqual([
      "23@0 0102",
      "lost@7 +7",
      "23@14 0102",
      "23@21 0102",
    ]);
  });
});

it("accounts for every byte, whatever comes", () => {
  const piece = fc.oneof(
    fc.constantFrom(SMALL, LARGE, JUNK, SMALL.subarray(0, 4), LARGE.subarray(7)),
    fc.uint8Array({ maxLength: 40 }),
    fc.nat(40),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      let told = 0;
      const reader = new RecordReader({
        record: ({ offset, body }) => {
          expect(offset).toBe(told);
          told += 5 + body.length;
        },
        lost: (offset, length) => {
          expect(offset).toBe(told);
          told += length;
        },
      });
      let total = 0;
      for (const part of pieces) {
        total += typeof part === "number" ? part : part.length;
        if (typeof part === "number") reader.gap(part);
        else reader.push(part, 0n);
      }
      reader.end();
      // A record that was damaged is told with all its bytes, also those that did not come.
      expect(told).toBeGreaterThanOrEqual(total);
    }),
    { numRuns: 300 },
  );
});

it("does not take long for borders all over", () => {
  const broken = concat(Array.from({ length: 4000 }, () => concat([SMALL, SMALL, JUNK])));
  const told = read(broken);
  expect(told.filter((line) => !line.startsWith("lost")).length).toBe(8000);
});
