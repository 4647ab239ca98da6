import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  barUnderCursor,
  clientScript,
  formatClock,
  formatPercentile,
  formatQuantity,
  logTicks,
  valueIncrements,
} from "../../../src/render/page/client.ts";
import * as client from "../../../src/render/page/client.ts";

describe("numbers in a plot", () => {
  it.each([
    ["ms", 0.0421, "0.0421 ms"],
    ["ms", 12, "12 ms"],
    ["ms", 1234, "1.23 s"],
    ["bytes", 0, "0 B"],
    ["bytes", 65_536, "64 KiB"],
    ["bytes", 1.5 * 2 ** 20, "1.5 MiB"],
    ["bytes-per-second", 2048, "2 KiB/s"],
    ["percent", 12.345, "12.3 %"],
    ["per-second", 49_999.6, "50,000/s"],
    ["per-second", 0.25, "0.25/s"],
    ["cores", 0.714, "0.71"],
    ["count", 1000, "1,000"],
    ["seconds", 12, "12 s"],
    ["tail", 100, "99 %"],
  ] as const)("%s: %d is %s", (unit, value, text) => {
    expect(formatQuantity(unit, value)).toBe(text);
  });

  it.each([
    [0, "0 s"],
    [0.5, "0.5 s"],
    [-2, "−2 s"],
    [119, "119 s"],
    [200, "3:20"],
    [3800, "1:03:20"],
    [-185, "−3:05"],
  ])("%d seconds are %s", (seconds, text) => expect(formatClock(seconds)).toBe(text));

  it.each([
    [1, "0 %"],
    [2, "50 %"],
    [10, "90 %"],
    [100, "99 %"],
    [1000, "99.9 %"],
    [100_000, "99.999 %"],
    [1e7, "99.99999 %"],
    [128, "99.22 %"],
  ])("one in %d beyond it is %s", (tail, text) => expect(formatPercentile(tail)).toBe(text));

  it("a logarithmic axis is labelled with 2 and 5 only where there is room", () => {
    expect(logTicks(0.3, 12)).toEqual([0.5, 1, 2, 5, 10]);
    expect(logTicks(0.3, 300)).toEqual([1, 10, 100]);
  });
});

it("an axis has steps of powers of two for bytes, and whole ones for counts", () => {
  expect(valueIncrements("bytes")?.slice(0, 4)).toEqual([1, 2, 4, 8]);
  expect(valueIncrements("count")?.slice(0, 6)).toEqual([1, 2, 5, 10, 20, 50]);
  expect(valueIncrements("ms")).toBeUndefined();
});

it("a bar is under the cursor from its one edge to the other", () => {
  const chart = { data: [[1, 2, 4, 8]] } as unknown as Parameters<typeof barUnderCursor>[0];
  expect([1, 1.9, 2.1, 3.9, 7.9, 8].map((x) => barUnderCursor(chart, nearest(x), x))).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
});

function nearest(x: number): number {
  const distances = [1, 2, 4, 8].map((edge) => Math.abs(edge - x));
  return distances.indexOf(Math.min(...distances));
}

it("the script is complete: it parses, and names nothing of a module", () => {
  const script = clientScript();
  expect(() => new Script(script)).not.toThrow();
  expect(script).not.toMatch(/\b(?:import|export|require)\b|__vi|exports\./);
  const defined = new Set([...script.matchAll(/^function (\w+)/gm)].map(([, name]) => name));
  const exported = Object.keys(client).filter((name) => name !== "clientScript");
  expect(defined).toEqual(new Set(exported));
});
