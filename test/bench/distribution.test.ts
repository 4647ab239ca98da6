import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binLatencies, summarizeLatency } from "../../src/bench/distribution.ts";
import { histogramOf } from "../helpers/bench.ts";

describe("latencies in numbers", () => {
  it("are percentiles of what was recorded", () => {
    const summary = summarizeLatency(histogramOf(Array.from({ length: 10_000 }, (_, i) => i + 1)))!;
    expect(summary).toMatchObject({ count: 10_000 });
    for (const [key, value] of Object.entries({
      min: 1,
      p50: 5000,
      p90: 9000,
      p99: 9900,
      p99_9: 9990,
      p99_99: 9999,
      max: 10_000,
      mean: 5000.5,
      stddev: 2886.75,
    })) {
      expect([key, summary[key as "min"] / value]).toEqual([key, expect.closeTo(1, 2)]);
    }
  });

  it("begin at nothing where something took no time", () => {
    expect(summarizeLatency(histogramOf([0, 0]))).toMatchObject({ count: 2, min: 0, p50: 0 });
    expect(summarizeLatency(histogramOf([0, 5]))).toMatchObject({ min: 0 });
    expect(summarizeLatency(histogramOf([5]))!.min).toBeCloseTo(5, 2);
  });

  it("are none where nothing was recorded", () => {
    expect(summarizeLatency(histogramOf([]))).toBeUndefined();
    expect(binLatencies(histogramOf([]))).toEqual([]);
  });
});

it("has the mean and the deviation that the histogram itself tells", () => {
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 50 }), (latencies) => {
      const histogram = histogramOf(latencies);
      const { mean, stddev } = summarizeLatency(histogram)!;
      expect([mean, stddev]).toEqual([histogram.mean / 1e6, histogram.stdDeviation / 1e6]);
    }),
    { numRuns: 5 },
  );
});

const latency = fc
  .tuple(fc.integer({ min: -3, max: 4 }), fc.double({ min: 1, max: 10, noNaN: true }))
  .map(([decade, factor]) => factor * 10 ** decade);

describe("bins", () => {
  it("hold every latency, side by side, in few lines", () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (latencies) => {
        const bins = binLatencies(histogramOf(latencies));
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(latencies.length);
        expect(bins.length).toBeLessThanOrEqual(25);
        expect(bins.slice(1).map(({ fromMs }) => fromMs)).toEqual(
          bins.slice(0, -1).map(({ toMs }) => toMs),
        );
        expect(bins[0]!.count).toBeGreaterThan(0);
        expect(bins.at(-1)!.count).toBeGreaterThan(0);
      }),
    );
  });

  it("hold what took no time", () => {
    for (const latencies of [[0], [0, 0, 3], [0, 1e-6]]) {
      const counts = binLatencies(histogramOf(latencies)).map(({ count }) => count);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(latencies.length);
    }
  });

  it("count what lies within their bounds", () => {
    const bins = binLatencies(histogramOf([0.3, 0.3, 0.55, 12, 700]));
    const filled = bins.filter(({ count }) => count > 0);
    expect(filled).toEqual([
      { fromMs: 0.2, toMs: 0.5, count: 2 },
      { fromMs: 0.5, toMs: 1, count: 1 },
      { fromMs: 10, toMs: 20, count: 1 },
      { fromMs: 500, toMs: 1000, count: 1 },
    ]);
    expect(bins).toHaveLength(11);
  });

  it("are finer where the latencies lie close together", () => {
    const bins = binLatencies(histogramOf([1.01, 1.9]));
    expect(bins.map(({ fromMs }) => fromMs)).toEqual([1, 1.12, 1.25, 1.4, 1.6, 1.8]);
  });
});
