import { describe, expect, it } from "vitest";
import { seededRandom } from "../src/seeded-random.ts";

function draw(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
}

describe("a seeded generator", () => {
  it("gives the same numbers for the same seed, others for others", () => {
    expect(draw(7, 100)).toEqual(draw(7, 100));
    const firsts = Array.from({ length: 1000 }, (_, seed) => draw(seed, 1)[0]);
    expect(new Set(firsts).size).toBe(1000);
  });

  it("follows sfc32 as PractRand has it: a, b, c = 0, seed, 0, and 15 steps ahead", () => {
    // From an implementation in unsigned 64-bit arithmetic.
    const mask = 0xffffffffn;
    let [a, b, c, counter] = [0n, 42n, 0n, 1n];
    const numbers = Array.from({ length: 1015 }, () => {
      const sum = (a + b + counter) & mask;
      counter = (counter + 1n) & mask;
      a = b ^ (b >> 9n);
      b = (c + (c << 3n)) & mask;
      c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask;
      return Number(sum) / 2 ** 32;
    });
    expect(draw(42, 1000)).toEqual(numbers.slice(15));
  });

  it("gives numbers from 0 to below 1, as many in each tenth", () => {
    const values = draw(1, 100_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of values) tenths[Math.floor(value * 10)]! += 1;
    // 10,000 each, with a standard deviation of 95.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it("has no memory: neighbours do not go together", () => {
    const values = draw(5, 100_000);
    const products = values.slice(1).map((value, i) => (value - 0.5) * (values[i]! - 0.5) * 12);
    const correlation = products.reduce((sum, product) => sum + product, 0) / products.length;
    expect(Math.abs(correlation)).toBeLessThan(0.015);
  });
});
