import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countTick,
  fittingAxis,
  latencyTick,
  linearAxis,
  logAxis,
  type PlotAxis,
  positionOn,
  timeAxis,
} from "../../src/render/plot-axis.ts";

function labels({ ticks }: PlotAxis): string[] {
  return ticks.map(({ label }) => label);
}

describe("a position on an axis", () => {
  const axis = { from: 1, to: 100, ticks: [] };
  it.each([
    [{ ...axis, from: 0 }, 25, 0.25],
    [{ ...axis, log: true }, 10, 0.5],
    [axis, 0, 0],
    [axis, 1000, 1],
    [{ ...axis, log: true }, 0, 0],
    [axis, Number.POSITIVE_INFINITY, 1],
    [axis, Number.NaN, 0],
    [{ from: 5, to: 5, ticks: [] }, 5, 0],
  ])("%j of %d is %d", (given, value, share) => {
    expect(positionOn(given, value)).toBeCloseTo(share, 10);
  });
});

describe("a linear axis", () => {
  it.each([
    [0, 4100, ["0", "2,000", "4,000", "6,000"]],
    [0, 0.7, ["0", "0.25", "0.5", "0.75"]],
    [0, 3, ["0", "1", "2", "3"]],
    [0, 0, ["0", "1"]],
    [19_652, 20_000, ["19,600", "19,800", "20,000"]],
    [7, 7, ["5", "7.5"]],
  ])("from %d to %d names %j", (min, max, names) => {
    expect(labels(linearAxis(min, max, 4, countTick))).toEqual(names);
  });

  it("holds all values, with no more ticks than can be told apart", () => {
    const value = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 2, max: 10 }), (a, b, ticks) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const axis = linearAxis(min, max, ticks, String);
        expect(axis.from).toBeLessThanOrEqual(min * (1 + 1e-6));
        expect(axis.to).toBeGreaterThanOrEqual(max * (1 - 1e-6));
        expect(axis.ticks.length).toBeLessThanOrEqual(ticks + 1);
      }),
      { examples: [[0, 5e-324, 4]] },
    );
  });
});

describe("a logarithmic axis", () => {
  it.each([
    [1, 10, 5, ["1 ms", "2 ms", "5 ms", "10 ms"]],
    [0.25, 40, 6, ["0.3 ms", "1 ms", "3 ms", "10 ms", "30 ms"]],
    [0.25, 900, 6, ["1 ms", "10 ms", "100 ms", "1 s"]],
    [0.001, 60_000, 4, ["0.001 ms", "1 ms", "1 s"]],
  ])("from %d to %d with %d ticks names %j", (min, max, ticks, names) => {
    expect(labels(logAxis(min, max, ticks, latencyTick))).toEqual(names);
  });

  it("holds all values", () => {
    const value = fc.double({ min: 1e-4, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 2, max: 10 }), (a, b, ticks) => {
        const axis = logAxis(Math.min(a, b), Math.max(a, b), ticks, String);
        expect(axis.from).toBeLessThanOrEqual(Math.min(a, b));
        expect(axis.to).toBeGreaterThanOrEqual(Math.max(a, b));
        expect(axis.ticks.length).toBeLessThanOrEqual(ticks);
      }),
    );
  });
});

it("a fitting axis is logarithmic where small values would not be seen otherwise", () => {
  expect(fittingAxis([1, 5, 9], 4, latencyTick).log).toBeUndefined();
  expect(fittingAxis([0, 1, 11], 4, latencyTick).log).toBe(true);
  expect(fittingAxis([], 4, latencyTick)).toMatchObject({ from: 0, to: 1 });
});

describe("an axis of time", () => {
  it.each([
    [-2000, 20_000, 6, ["0 s", "5 s", "10 s", "15 s", "20 s"]],
    [-2000, 5000, 4, ["-2 s", "0 s", "2 s", "4 s"]],
    [0, 600_000, 6, ["0 min", "2 min", "4 min", "6 min", "8 min", "10 min"]],
    [0, 7_200_000, 4, ["0 min", "30 min", "60 min", "90 min", "120 min"]],
    [0, 36_000_000, 5, ["0 h", "2 h", "4 h", "6 h", "8 h", "10 h"]],
    [0, 1000, 5, ["0 s", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1 s"]],
    [0, 10 * 86_400_000, 5, ["0 h", "48 h", "96 h", "144 h", "192 h", "240 h"]],
  ])("from %d to %d ms with %d ticks names %j", (from, to, ticks, names) => {
    const axis = timeAxis(from, to, ticks);
    expect(labels(axis)).toEqual(names);
    expect(axis).toMatchObject({ from, to });
  });
});

it.each([
  [0.05, "0.05 ms"],
  [20, "20 ms"],
  [1500, "1.5 s"],
])("a latency of %d is %s", (ms, text) => expect(latencyTick(ms)).toBe(text));

it.each([
  [0.5, "0.5"],
  [4000, "4,000"],
  [2.5e6, "2.5 M"],
])("a count of %d is %s", (count, text) => expect(countTick(count)).toBe(text));
