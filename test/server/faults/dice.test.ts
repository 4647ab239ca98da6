import fc from "fast-check";
import { expect, it } from "vitest";
import { diceOf, striker } from "../../../src/server/faults/dice.ts";

function draw(seed: number, conn: string, fault: string): number[] {
  const random = diceOf(seed, conn, fault);
  return Array.from({ length: 20 }, random);
}

it("the same seed, client and fault draw the same; another of them does not", () => {
  const seeds = fc.nat(2 ** 32 - 1);
  fc.assert(
    fc.property(seeds, fc.nat(1e6), fc.string(), (seed, number, fault) => {
      const conn = String(number);
      const drawn = draw(seed, conn, fault);
      expect(draw(seed, conn, fault)).toEqual(drawn);
      expect(draw(seed ^ 1, conn, fault)).not.toEqual(drawn);
      expect(draw(seed, String(number + 1), fault)).not.toEqual(drawn);
      expect(draw(seed, conn, `${fault} `)).not.toEqual(drawn);
    }),
  );
});

it("strikes as often as its chance says", () => {
  const strikes = striker({ kind: "chance", probability: 0.05 }, diceOf(1, "1", "drop@5%"));
  const struck = Array.from({ length: 20_000 }, () => strikes(0)).filter(Boolean).length;
  expect(struck).toBeGreaterThan(900);
  expect(struck).toBeLessThan(1100);
});

it("strikes always with a chance of one", () => {
  const strikes = striker({ kind: "chance", probability: 1 }, () => 1 - 2 ** -32);
  expect(strikes(1)).toBe(true);
});

it("strikes at one message, or at none where time tells", () => {
  const numbers = [1, 2, 3, 4];
  const at = striker({ kind: "message", number: 3 }, () => 0);
  const timed = striker({ kind: "time", ms: 0 }, () => 0);
  expect(numbers.filter(at)).toEqual([3]);
  expect(numbers.filter(timed)).toEqual([]);
});
