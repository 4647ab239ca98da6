import { describe, expect, it } from "vitest";
import { normalQuantile, studentQuantile, widening } from "../../src/bench/student.ts";

describe("quantiles", () => {
  it.each([
    [0.05, 1.6449],
    [0.025, 1.96],
    [0.005, 2.5758],
  ])("of the normal distribution: %d is beyond %d", (tail, value) => {
    expect(Math.abs(normalQuantile(tail) - value)).toBeLessThan(5e-4);
  });

  it.each([
    [0.05, 4, 2.1318],
    [0.025, 4, 2.7764],
    [0.025, 9, 2.2622],
    [0.025, 59, 2.001],
    [0.005, 9, 3.2498],
  ])("of Student's t: %d with %i degrees of freedom is beyond %d", (tail, freedom, value) => {
    expect(Math.abs(studentQuantile(tail, freedom) / value - 1)).toBeLessThan(0.01);
  });
});

describe("widening", () => {
  it("is much for few values, and nothing for many", () => {
    expect(widening(5, 0.95)).toBeCloseTo((Math.sqrt(5 / 4) * 2.7764) / 1.96, 1);
    expect(widening(10_000, 0.95)).toBeCloseTo(1, 3);
  });
});
