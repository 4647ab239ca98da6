import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyHistogram, encodeHistogram, toHistogram } from "../../src/bench/histogram.ts";
import { bucketOf, Recorder } from "../../src/bench/recorder.ts";

const HIGHEST = 2 ** 42 - 1;
/** As many small ones as large: the exponent is drawn first. */
const latency = fc
  .tuple(fc.integer({ min: 0, max: 41 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([exponent, mantissa]) => Math.min(HIGHEST, Math.floor(mantissa * 2 ** exponent)));
const latencies = fc.array(latency, { maxLength: 100 });

function record(values: readonly number[]): Recorder {
  const recorder = new Recorder();
  for (const value of values) recorder.record(value);
  return recorder;
}

function reference(values: readonly number[]) {
  const histogram = emptyHistogram();
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

describe("a recorder", () => {
  it("is what hdr-histogram-js records itself", () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const [ours, theirs] = [toHistogram(record(values).sparse()), reference(values)];
        expect(ours.totalCount).toBe(values.length);
        expect(encodeHistogram(ours)).toBe(encodeHistogram(theirs));
        for (const percentile of [0, 50, 90, 99, 100]) {
          const at = theirs.getValueAtPercentile(percentile);
          expect(ours.getValueAtPercentile(percentile)).toBe(at);
        }
      }),
    );
  });

  it("finds the bucket that hdr-histogram-js finds", () => {
    const histogram = emptyHistogram();
    const edges = Array.from({ length: 42 }, (_, i) => [2 ** i - 1, 2 ** i, 2 ** i + 1]).flat();
    for (const value of [...edges, 0, 1023, 2047, 2048, HIGHEST]) {
      expect([value, bucketOf(value)]).toEqual([value, histogram.countsArrayIndex(value)]);
    }
  });

  it("leaves fractions of a nanosecond away, and keeps what is out of range at its borders", () => {
    expect([0.4, 1.9, 2047.9, -3].map(bucketOf)).toEqual([0, 1, 2047, 0]);
    expect(bucketOf(2 ** 50)).toBe(bucketOf(HIGHEST));
    expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketOf(HIGHEST));
  });

  it("holds three digits down to a microsecond", () => {
    fc.assert(
      fc.property(latency, (value) => {
        const recorded = toHistogram(record([value]).sparse()).getValueAtPercentile(50);
        expect(Math.abs(recorded - value)).toBeLessThanOrEqual(value / 1000);
      }),
    );
  });
});

describe("parts of a recording", () => {
  it("add up to the whole, as pairs of bucket and count", () => {
    fc.assert(
      fc.property(fc.array(latencies, { maxLength: 5 }), (parts) => {
        const [source, sum] = [new Recorder(), new Recorder()];
        for (const part of parts) {
          for (const value of part) source.record(value);
          const taken = source.take();
          sum.add(JSON.parse(JSON.stringify(taken)) as number[]);
          expect([source.total, source.sparse()]).toEqual([0, []]);
        }
        expect(encodeHistogram(toHistogram(sum.sparse()))).toBe(
          encodeHistogram(reference(parts.flat())),
        );
        expect(sum.total).toBe(parts.flat().length);
      }),
    );
  });
});
