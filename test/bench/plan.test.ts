import fc from "fast-check";
import { expect, it } from "vitest";
import { splitPlan } from "../../src/bench/plan.ts";
import { benchPlan } from "../helpers/bench.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

it("is split into even parts that add up", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 1e12 }),
      (workers, connections, count) => {
        const length = { kind: "messages", count } as const;
        const parts = splitPlan(benchPlan({ workers, connections, length }));
        const sockets = parts.map((part) => part.connections);
        const messages = parts.map((part) => (part.length as typeof length).count);
        expect(parts.map(({ index }) => index)).toEqual([...Array(workers).keys()]);
        for (const [shares, total] of [
          [sockets, connections],
          [messages, count],
        ] as const) {
          expect(sum(shares)).toBe(total);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

it("keeps all else, a duration too, and survives the way to a worker", () => {
  const plan = benchPlan({ workers: 2, length: { kind: "duration", durationMs: 5 } });
  const [first] = splitPlan(plan);
  expect(first).toEqual({ ...plan, index: 0, connections: plan.connections / 2 });
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
});
