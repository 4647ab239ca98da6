import fc from "fast-check";
import { expect, it } from "vitest";
import { type Backoff, backoffMs } from "../../src/transport/backoff.ts";

const DEFAULT: Backoff = { firstDelayMs: 1000, factor: 1.5, maxDelayMs: 30_000, jitter: 0.5 };

it.each([
  [1, 0, 1000],
  [2, 0, 1500],
  [3, 0, 2250],
  [9, 0, 25_628.906_25],
  [10, 0, 30_000],
  [1, 0.5, 750],
  [1, 1, 500],
  [10, 1, 15_000],
  [5000, 0, 30_000],
])("try %d with chance %d: %d ms", (attempt, chance, delayMs) =>
  expect(backoffMs(DEFAULT, attempt, chance)).toBe(delayMs),
);

it("stays the same without growth and without jitter", () => {
  const steady = { ...DEFAULT, factor: 1, jitter: 0 };
  expect([1, 2, 9].map((attempt) => backoffMs(steady, attempt, 0.7))).toEqual([1000, 1000, 1000]);
});

it("is never more than the limit, nor less than what jitter may take off", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), unit, unit, (attempt, chance, jitter) => {
      const backoff = { ...DEFAULT, jitter };
      const delayMs = backoffMs(backoff, attempt, chance);
      const most = backoffMs(backoff, attempt, 0);
      expect(most).toBeLessThanOrEqual(30_000);
      expect(delayMs).toBeLessThanOrEqual(most);
      expect(delayMs).toBeGreaterThanOrEqual(most * (1 - jitter));
    }),
  );
});
