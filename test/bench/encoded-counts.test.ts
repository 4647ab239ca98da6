import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { decodeCounts } from "../../src/bench/encoded-counts.ts";
import { emptyHistogram, encodeHistogram, toHistogram } from "../../src/bench/histogram.ts";
import { Recorder } from "../../src/bench/recorder.ts";

const BUCKETS = 33 * 1024;

/** The compressed form around any bytes. */
function compressed(content: Uint8Array, cookie = 0x1c849314): string {
  const deflated = deflateSync(content);
  const head = Buffer.alloc(8);
  head.writeInt32BE(cookie, 0);
  head.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString("base64");
}

/** A histogram with any bytes as its counts. */
function histogram(counts: readonly number[], given: { length?: number; digits?: number } = {}) {
  const head = Buffer.alloc(40);
  head.writeInt32BE(0x1c849313, 0);
  head.writeUInt32BE(given.length ?? counts.length, 4);
  head.writeInt32BE(given.digits ?? 3, 12);
  head.writeBigInt64BE(1n, 16);
  head.writeBigInt64BE(2n ** 42n - 1n, 24);
  return Buffer.concat([head, Buffer.from(counts)]);
}

describe("the counts of an encoded histogram", () => {
  it("are those that were recorded", () => {
    const value = fc.oneof(
      fc.nat(3000),
      fc.nat(2 ** 31 - 1),
      fc.integer({ min: 2 ** 31, max: 2 ** 42 - 1 }),
    );
    const count = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2 ** 50 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, count), { maxLength: 30 }), (recorded) => {
        const recorder = new Recorder();
        for (const [ns, times] of recorded) recorder.record(ns, times);
        const encoded = encodeHistogram(toHistogram(recorder.sparse()));
        const counts = decodeCounts(encoded);
        expect(counts).toEqual(recorder.sparse());
        const again = new Recorder();
        again.add(counts);
        expect(encodeHistogram(toHistogram(again.sparse()))).toBe(encoded);
      }),
    );
  });

  it("may be none, and reach to both ends", () => {
    expect(decodeCounts(encodeHistogram(emptyHistogram()))).toEqual([]);
    const both = emptyHistogram();
    both.recordValue(0);
    both.recordValueWithCount(2 ** 42 - 1, 3);
    expect(decodeCounts(encodeHistogram(both))).toEqual([0, 1, BUCKETS - 1, 3]);
  });

  it.each([
    ["no base64", "!", "no compressed HdrHistogram V2"],
    ["another cookie", compressed(histogram([2]), 0x1c849303), "no compressed HdrHistogram V2"],
    ["a cut text", compressed(histogram([2])).slice(0, -4), "not its whole length"],
    ["a flipped bit", flipped(compressed(histogram([2, 4, 6]))), "zlib"],
    ["too much to inflate", compressed(new Uint8Array(10 ** 7)), "zlib"],
    ["another content", compressed(new Uint8Array(40)), "no HdrHistogram V2"],
    ["a cut header", compressed(histogram([]).subarray(0, 39)), "no HdrHistogram V2"],
    ["more counts than are there", compressed(histogram([2], { length: 2 ** 32 - 1 })), "not its"],
    ["other digits", compressed(histogram([2], { digits: 2 })), "not those of framecat"],
    ["a cut number", compressed(histogram([0x80])), "ends within a number"],
    ["a run of 2^40", compressed(histogram([...Array<number>(5).fill(0xff), 0x3f])), "too many"],
    ["a count beyond 2^53", compressed(histogram(Array<number>(9).fill(0xfe))), "too large"],
    ["too many buckets", compressed(histogram(Array<number>(BUCKETS + 1).fill(2))), "too many"],
  ])("are refused with %s", (_, encoded, reason) => {
    expect(() => decodeCounts(encoded)).toThrow(reason);
  });

  it("are refused in other units than nanoseconds", () => {
    const other = build({
      lowestDiscernibleValue: 1000,
      highestTrackableValue: 2 ** 42 - 1,
    });
    other.recordValue(5000);
    expect(() => decodeCounts(encodeIntoCompressedBase64(other))).toThrow("not those of framecat");
  });

  it("are read, or refused, of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          const counts = decodeCounts(compressed(histogram([...bytes])));
          expect(counts.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
        } catch (thrown) {
          expect((thrown as Error).message).toMatch(/too many|too large|ends within/);
        }
      }),
    );
  });
});

function flipped(text: string): string {
  const data = Buffer.from(text, "base64");
  data[data.length - 1]! ^= 1;
  return data.toString("base64");
}
