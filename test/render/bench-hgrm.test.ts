import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHistogram, encodeHistogram } from "../../src/bench/histogram.ts";
import { benchHgrm } from "../../src/render/bench-hgrm.ts";
import { sampleLatencies } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";
import { expectGolden } from "../helpers/golden.ts";

/** As a result holds it. */
function decoded(latenciesMs: readonly number[]) {
  return decodeHistogram(encodeHistogram(histogramOf(latenciesMs)));
}

/** The lines between head and footer, as numbers. */
function pointsOf(text: string): number[][] {
  const lines = text.split("\n").filter((line) => /^ *\d/.test(line));
  return lines.map((line) => line.trim().split(/ +/).map(Number));
}

describe("a percentile distribution", () => {
  // Both golden files are, byte for byte, what HdrHistogram 2.2.2 for Java writes of these.
  it("is HdrHistogram's own text, in ms", () => {
    expectGolden("bench/latency.hgrm", benchHgrm(decoded(sampleLatencies())));
  });

  it("of nothing has a head and a footer", () => {
    expectGolden("bench/nothing.hgrm", benchHgrm(decoded([])));
  });

  it("rises to the greatest value and to the count of all", () => {
    const latencies = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = decoded(values);
        const points = pointsOf(benchHgrm(histogram));
        for (const column of [0, 1, 2]) expectRising(points.map((point) => point[column]!));
        for (const [, share, count, reciprocal] of points.slice(0, -1)) {
          expect(count).toBeGreaterThanOrEqual(share! * values.length - 1e-6);
          expect(reciprocal).toBeCloseTo(1 / (1 - share!), 1);
        }
        const max = Number((histogram.maxValue / 1e6).toFixed(3));
        expect(points.at(-1)).toEqual([max, 1, values.length]);
      }),
    );
  });
});

function expectRising(values: readonly number[]): void {
  expect(values).toEqual(values.toSorted((a, b) => a - b));
}
