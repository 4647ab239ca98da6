import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import {
  type CapacityControl,
  type CapacityPlan,
  findCapacity,
  restMs,
} from "../../src/bench/capacity.ts";
import { decodeHistogram } from "../../src/bench/histogram.ts";
import type { BenchResult } from "../../src/bench/result.ts";
import { histogramOf } from "../helpers/bench.ts";
import { histogramResult, openModelResult } from "../helpers/bench-result.ts";

const schema = JSON.parse(readFileSync("src/schema/capacity.schema.json", "utf8")) as object;
const validate = new Ajv({ strict: false, formats: { "date-time": true } }).compile(schema);

const BOUND_MS = 50;
/** Made once, as its histograms take their time. */
const BASE = openModelResult();

const PLAN: CapacityPlan = {
  startedAt: "2026-01-01T00:00:00.000Z",
  url: "ws://127.0.0.1:9000/",
  embedded: false,
  settings: BASE.settings,
  slo: [{ expression: "p99<50ms", bound: BOUND_MS, unit: "ms" }],
  vary: "rate",
  search: { from: 100, resolution: 0.05, confirm: 3, maxTrials: 40, whole: false },
};

/** A trial in which all messages took so long. */
function trial(load: number, ms: number, given: Partial<BenchResult> = {}): BenchResult {
  const passed = ms < BOUND_MS;
  return {
    ...BASE,
    assertions: [{ expression: "p99<50ms", passed, actual: ms, bound: BOUND_MS, unit: "ms" }],
    throughput: { ...BASE.throughput, messagesInPerSecond: load },
    histograms: { latency: histogramResult(histogramOf([ms, ms])) },
    ...given,
  };
}

/** A queue in front of a server that does 1,000 a second. */
const queue: CapacityControl["runTrial"] = (load) =>
  Promise.resolve(trial(load, load < 1000 ? 1000 / (1000 - load) : 5000));

/** A search, whose document must be what the schema says. */
async function find(runTrial = queue, control: Partial<CapacityControl> = {}, plan = PLAN) {
  const result = await findCapacity(plan, { runTrial, settleMs: 0, ...control });
  validate(JSON.parse(JSON.stringify(result)));
  expect(validate.errors).toBeNull();
  return result;
}

describe("the search for a capacity", () => {
  it("tells the highest load that held, and where latency begins to rise", async () => {
    const { held, ended, knee, unit, v } = await find();
    expect([v, unit, ended]).toEqual(["framecat.capacity/1", "per-second", "missed"]);
    // At 980 a second the queue takes 50 ms.
    expect(held!.confirmed).toBe(true);
    expect(held!.load).toBeGreaterThan(980 * 0.95);
    expect(held!.load).toBeLessThan(980);
    expect(knee!.load).toBeGreaterThan(400);
    expect(knee!.load).toBeLessThan(held!.load + 1);
  });

  it("keeps every trial in its order, and tells of each when it begins and ends", async () => {
    const told: string[] = [];
    const { trials } = await find(queue, {
      onStart: ({ load, repeat }) => told.push(`${load} ${repeat}`),
      onTrial: ({ outcome }) => told.push(outcome),
    });
    expect(told).toEqual(
      trials.flatMap(({ load, repeat, outcome }) => [`${load} ${repeat}`, outcome]),
    );
    expect(trials[0]).toMatchObject({ load: 100, repeat: 1, outcome: "held", reasons: [] });
    expect(trials.filter(({ outcome }) => outcome === "missed").length).toBeGreaterThan(1);
  });

  it("makes one point of the trials of one load, rising by load", async () => {
    const { curve, held, trials } = await find();
    const loads = curve.map(({ load }) => load);
    expect(loads).toEqual([...new Set(loads)].toSorted((a, b) => a - b));
    const sum = curve.reduce((all, point) => all + point.trials, 0);
    expect(sum).toBe(trials.length);
    expect(curve.find(({ load }) => load === held!.load)).toMatchObject({ trials: 3, held: 3 });
    expect(curve.at(-1)).toMatchObject({ trials: 2, held: 0, limited: 0 });
  });

  it("looks for the knee where most was answered", async () => {
    // Beyond its limit this server answers little, but that at once.
    const dropping = (load: number) => {
      if (load <= 1000) return Promise.resolve(trial(load, load < 800 ? 2 : 40));
      const messages = { ...BASE.messages, answered: 2000, inFlight: 18_000 };
      const throughput = { ...BASE.throughput, windowMs: 1 };
      return Promise.resolve(
        trial(load, 60, { messages, throughput, histograms: trial(load, 0.1).histograms }),
      );
    };
    const { knee, held } = await find(dropping);
    expect(held!.load).toBeGreaterThan(950);
    expect(knee!.load).toBe(400);
  });

  it("leaves the server alone for longer where it left messages unanswered", () => {
    const unanswered = { ...BASE, messages: { ...BASE.messages, inFlight: 1 } };
    expect([restMs(BASE, 500), restMs(unanswered, 500)]).toEqual([500, 5000]);
    expect(restMs(unanswered, 60_000)).toBe(60_000);
  });

  it("merges what was measured under one load", async () => {
    let trials = 0;
    const uneven = (load: number) => {
      trials += 1;
      return Promise.resolve(
        trial(load, 10 * trials, { client: { ...BASE.client, busy: 0.1 * trials } }),
      );
    };
    const search = { ...PLAN.search, to: 100 };
    const { curve } = await find(uneven, {}, { ...PLAN, search });
    expect(curve).toHaveLength(1);
    const { latency, attempts, clientBusy, ratePerSecond } = curve[0]!.figures;
    expect([latency!.p50, latency!.max].map(Math.round)).toEqual([20, 30]);
    expect([attempts, ratePerSecond]).toEqual([60_000, 100]);
    expect(clientBusy).toBeCloseTo(0.2);
    expect(decodeHistogram(curve[0]!.encoded!).totalCount).toBe(6);
  });

  it("has no load where even the lowest misses the objective", async () => {
    const result = await find((load) => Promise.resolve(trial(load, 80)));
    expect(result).not.toHaveProperty("held");
    expect(result).not.toHaveProperty("knee");
    expect([result.ended, result.trials.length]).toEqual(["missed", 2]);
  });

  it("ends as soon as no socket opens any more", async () => {
    const crashing = (load: number) => {
      const gone = { ...BASE.sockets, opened: 0, failed: 1000, open: 0, peak: 0 };
      return Promise.resolve(
        load < 400 ? trial(load, 1) : trial(load, 99, { sockets: gone, histograms: {} }),
      );
    };
    const { held, ended, trials } = await find(crashing);
    expect([held, ended, trials.length]).toEqual([
      { load: 200, confirmed: false },
      "unreachable",
      3,
    ]);
    expect(trials.at(-1)!.reasons).toContain("No socket opened.");
    expect(trials.at(-1)!.figures).not.toHaveProperty("latency");
  });

  it("does not take the death of a worker of its own for a server that is gone", async () => {
    const dying = (load: number) => {
      const sockets = { ...BASE.sockets, attempted: 0, opened: 0, open: 0, peak: 0 };
      const client = { ...BASE.client, deaths: ["SIGKILL"], limits: ["1 of 1 workers died."] };
      return Promise.resolve(trial(load, 99, { sockets, client, histograms: {} }));
    };
    expect((await find(dying)).ended).toBe("client-limited");
  });

  it("is stopped in the middle of a trial, which does not count then", async () => {
    const stop = new AbortController();
    const { held, ended, trials } = await find(
      (load) => {
        if (load === 400) stop.abort();
        return queue(load);
      },
      { stop: stop.signal },
    );
    expect(ended).toBe("interrupted");
    expect(trials.map(({ load }) => load)).toEqual([100, 200]);
    expect(held).toEqual({ load: 200, confirmed: false });
  });

  it("is stopped in the pause between two trials", async () => {
    const stop = new AbortController();
    const { ended, trials } = await find(queue, {
      settleMs: 3_600_000,
      stop: stop.signal,
      onTrial: () => setImmediate(() => stop.abort()),
    });
    expect([ended, trials.length]).toEqual(["interrupted", 1]);
  });
});
