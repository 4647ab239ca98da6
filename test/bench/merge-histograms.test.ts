import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeHistograms } from "../../src/bench/merge-histograms.ts";
import { encodeHistogram } from "../../src/bench/histogram.ts";
import { histogramResult } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";

const latencies = fc.array(fc.double({ min: 1e-5, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 20,
});

describe("merged histograms", () => {
  it("are that of all values, however they were shared out", () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = mergeHistograms(parts.map((part) => histogramResult(histogramOf(part))));
        const whole = histogramResult(histogramOf(parts.flat()));
        expect(merged?.encoded).toBe(whole.encoded);
        expect(merged).toMatchObject({ count: whole.count, min: whole.min, max: whole.max });
        expect(merged?.p99).toBe(whole.p99);
        expect(merged?.mean).toBeCloseTo(whole.mean, 6);
      }),
      { numRuns: 20 },
    );
  });

  it("keep the exact extremes of the parts", () => {
    const part = { ...histogramResult(histogramOf([5, 7])), min: 4.9999, max: 7.0001 };
    expect(mergeHistograms([part, part])).toMatchObject({ count: 4, min: 4.9999, max: 7.0001 });
  });

  it("of none are none", () => {
    expect(mergeHistograms([])).toBeUndefined();
    const empty = {
      ...histogramResult(histogramOf([1])),
      encoded: encodeHistogram(histogramOf([])),
    };
    expect(mergeHistograms([empty])).toBeUndefined();
  });
});
