import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pacer } from "../../src/bench/pacer.ts";
import { type BenchPlan, partOf, socketsOfStart, splitPlan } from "../../src/bench/plan.ts";
import { benchPlan, openModel } from "../helpers/bench.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
const rateOf = ({ load }: BenchPlan) => (load.model === "open" ? load.ratePerSecond : 0);
const countOf = ({ length }: BenchPlan) => (length.kind === "messages" ? length.count : 0);

const plans = fc
  .record({
    workers: fc.integer({ min: 1, max: 50 }),
    connections: fc.integer({ min: 1, max: 1e6 }),
    count: fc.nat(1e12),
    rate: fc.double({ min: 0.1, max: 1e6, noNaN: true }),
    level: fc.nat(1e6),
    fanout: fc.boolean(),
    publishers: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ workers, connections, count, rate, level, fanout, publishers }) =>
    benchPlan({
      measure: fanout ? "fanout" : "echo",
      workers,
      connections,
      publishers: Math.min(publishers, connections),
      length: { kind: "messages", count },
      load: openModel(rate),
      stages: [{ durationMs: 5, connections: level }],
      connectPerSecond: rate,
      churnPerSecond: rate,
    }),
  );

describe("the parts of a plan", () => {
  it("add up to the whole, their sockets side by side", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const parts = splitPlan(plan);
        const sockets = parts.map(({ connections }) => connections);
        expect(sum(sockets)).toBe(plan.connections);
        expect(Math.max(...sockets) - Math.min(...sockets)).toBeLessThanOrEqual(1);
        expect(sum(parts.map(countOf))).toBe(countOf(plan));
        expect(sum(parts.map(rateOf)) / rateOf(plan)).toBeCloseTo(1, 9);
        expect(sum(parts.map((part) => part.churnPerSecond)) / rateOf(plan)).toBeCloseTo(1, 9);
        expect(sum(parts.map((part) => part.connectPerSecond!)) / rateOf(plan)).toBeCloseTo(1, 9);
        expect(sum(parts.map((part) => part.stages[0]!.connections))).toBe(
          plan.stages[0]!.connections,
        );
        let next = 0;
        for (const [index, part] of parts.entries()) {
          expect([part.index, part.firstSocket]).toEqual([index, next]);
          next += part.connections;
        }
      }),
    );
  });

  it("have the messages of their sockets; of publications those of their publishers", () => {
    const plan = benchPlan({
      workers: 2,
      connections: 5,
      load: openModel(100),
      length: { kind: "messages", count: 1000 },
    });
    const shares = (given: BenchPlan) =>
      splitPlan(given).map((part) => [rateOf(part), countOf(part)]);
    expect(shares(plan)).toEqual([
      [40, 400],
      [60, 600],
    ]);
    expect(shares({ ...plan, measure: "fanout", publishers: 1 })).toEqual([
      [100, 1000],
      [0, 0],
    ]);
    expect(shares({ ...plan, measure: "fanout", publishers: 4 })).toEqual([
      [50, 500],
      [50, 500],
    ]);
  });

  it("keep all else, a duration and a rate of each socket too, and survive the way to a worker", () => {
    const plan = benchPlan({
      workers: 2,
      length: { kind: "duration", durationMs: 5 },
      load: openModel(7, "socket"),
    });
    const [first] = splitPlan(plan);
    expect(first).toEqual({
      ...plan,
      index: 0,
      firstSocket: 0,
      phase: 0,
      connections: plan.connections / 2,
      connectPerSecond: undefined,
      seed: expect.any(Number),
    });
    expect(structuredClone(first)).toEqual(first);
  });

  it("each have a chance of their own, and always the same", () => {
    const seeds = () => splitPlan(benchPlan({ workers: 8, seed: 5 })).map(({ seed }) => seed);
    expect(new Set(seeds()).size).toBe(8);
    expect(seeds()).toEqual(seeds());
  });

  it.each([
    [1, 4],
    [3, 2],
    [4, 5],
  ])("of %i machines with %i workers make one even schedule", (machines, workers) => {
    const whole = benchPlan({ connections: machines * workers * 3, load: openModel(1000) });
    const parts = Array.from({ length: machines }, (_, i) => partOf(whole, i, machines)).flatMap(
      (part) => splitPlan({ ...part, workers }),
    );
    const moments = parts.flatMap((part) => {
      const { phase } = part;
      const pacer = new Pacer({
        ratePerSecond: rateOf(part),
        arrival: "constant",
        startMs: 50,
        phase,
        random: () => 0,
      });
      return Array.from({ length: 20 }, () => {
        const { next } = pacer;
        pacer.advance();
        return next;
      });
    });
    const inOrder = moments.toSorted((a, b) => a - b);
    expect(inOrder).toEqual(inOrder.map((_, i) => expect.closeTo(50 + i, 6)));
    expect(new Set(parts.map(({ firstSocket }) => firstSocket)).size).toBe(machines * workers);
  });

  it("may be more than there are sockets", () => {
    const parts = splitPlan(benchPlan({ workers: 3, connections: 1, load: openModel(10) }));
    expect(parts.map((part) => [part.connections, rateOf(part)])).toEqual([
      [0, 0],
      [0, 0],
      [1, 10],
    ]);
  });
});

it("opens no sockets before the load where stages or a storm do", () => {
  const stages = [{ durationMs: 5, connections: 9 }];
  expect(socketsOfStart(benchPlan({ connections: 9 }))).toBe(9);
  expect(socketsOfStart(benchPlan({ connections: 9, stages }))).toBe(0);
  expect(socketsOfStart(benchPlan({ connections: 9, measure: "connect" }))).toBe(0);
});
