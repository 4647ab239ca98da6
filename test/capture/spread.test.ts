import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Spread } from "../../src/capture/spread.ts";

function spread(values: readonly number[]) {
  const all = new Spread();
  for (const value of values) all.record(value);
  return all.summary;
}

describe("how values are spread", () => {
  it("is not known without any", () => expect(spread([])).toBeUndefined());

  it("is told exactly for one, and for zero", () => {
    const same = (value: number) => ({ min: value, mean: value, max: value });
    expect(spread([42])).toEqual({ count: 1, ...same(42), p50: 42, p90: 42, p99: 42 });
    expect(spread([0, 0])).toEqual({ count: 2, ...same(0), p50: 0, p90: 0, p99: 0 });
  });

  it("is within a hundredth of the values, whatever they are", () => {
    const values = fc.array(fc.double({ min: 0.01, max: 1e12, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (all) => {
        const sorted = all.toSorted((a, b) => a - b);
        const { p50, p90, p99, min, max } = spread(all)!;
        expect([min, max]).toEqual([sorted[0], sorted.at(-1)]);
        for (const [share, told] of [
          [0.5, p50] as const,
          [0.9, p90] as const,
          [0.99, p99] as const,
        ]) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
          expect(Math.abs(told / exact - 1)).toBeLessThan(0.0101);
        }
      }),
    );
  });
});
