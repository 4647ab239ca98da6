import { describe, expect, it } from "vitest";
import { errorsOf } from "../../src/bench/figures.ts";
import { emptyHistogram } from "../../src/bench/histogram.ts";
import { percentileCurve, viewOf } from "../../src/bench/view.ts";
import { benchResult } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";
import { richResult } from "../helpers/rich-result.ts";

describe("a percentile curve", () => {
  it("of nothing is nothing", () => {
    expect(percentileCurve(emptyHistogram())).toEqual([]);
  });

  it("rises from the least to the greatest value", () => {
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1));
    const curve = percentileCurve(histogram);
    expect(curve[0]).toEqual({ share: 0, ms: expect.closeTo(1, 2) });
    expect(curve.at(-1)).toEqual({ share: 1, ms: expect.closeTo(1000, -1) });
    expect(curve.find(({ share }) => share === 0.5)?.ms).toBeCloseTo(500, -1);
    expect(curve.map(({ ms }) => ms)).toEqual(curve.map(({ ms }) => ms).toSorted((a, b) => a - b));
  });

  it("has no more nines than there are values to tell", () => {
    const [last] = percentileCurve(histogramOf([1, 2, 3, 4]))
      .toReversed()
      .slice(1);
    expect(last?.share).toBe(0.75);
  });
});

describe("a view", () => {
  it("has the errors of the result, as objectives count them", () => {
    const { errors } = viewOf(richResult());
    expect(errors).toEqual({ sockets: 45, messages: 488 });
    expect(errors.sockets + errors.messages).toBe(errorsOf(richResult()));
  });

  it("has the curves of each histogram of the result", () => {
    const { curves, result } = viewOf(benchResult());
    expect(Object.keys(curves)).toEqual(["latency", "handshake", "tcp", "upgrade"]);
    const counted = curves.latency?.bins.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(result.histograms.latency?.count);
  });
});
