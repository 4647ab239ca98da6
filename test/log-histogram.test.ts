import fc from "fast-check";
import { expect, it } from "vitest";
import { LogHistogram } from "../src/log-histogram.ts";

function summarize(times: readonly number[]) {
  const recorded = new LogHistogram();
  for (const ms of times) recorded.record(ms);
  return recorded.summary;
}

it("has nothing to tell of nothing", () => expect(summarize([])).toBeUndefined());

it("tells a single one as it is", () => {
  expect(summarize([0.37])).toEqual({
    count: 1,
    min: 0.37,
    mean: 0.37,
    p50: 0.37,
    p90: 0.37,
    p99: 0.37,
    max: 0.37,
  });
});

it("is within a percent of the truth, whatever the values", () => {
  const times = fc.array(fc.double({ min: 0.001, max: 1e12, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(times, (list) => {
      const sorted = list.toSorted((a, b) => a - b);
      const summary = summarize(list)!;
      const mean = list.reduce((sum, ms) => sum + ms, 0) / list.length;
      expect([summary.min, summary.max]).toEqual([sorted[0], sorted.at(-1)]);
      expect(summary.mean / mean).toBeCloseTo(1);
      for (const [share, value] of [
        [0.5, summary.p50],
        [0.9, summary.p90],
        [0.99, summary.p99],
      ] as const) {
        const exact = sorted[Math.ceil(share * list.length) - 1]!;
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * 0.0051);
      }
    }),
  );
});

it("takes times that no clock can tell from none", () => {
  expect(summarize([0, 0])).toMatchObject({ count: 2, min: 0, p50: 0, max: 0 });
});
