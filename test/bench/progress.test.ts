import { describe, expect, it } from "vitest";
import { ProgressMeter } from "../../src/bench/progress.ts";
import type { RecentRow } from "../../src/bench/timeline.ts";
import type { Phase } from "../../src/bench/worker-protocol.ts";
import {
  benchPlan,
  type CountOverrides,
  counts,
  openModel,
  type PlanOverrides,
  sparse,
  tick,
} from "../helpers/bench.ts";

const watch = (phase: Phase, given: CountOverrides = {}) => ({ phase, counts: counts(given) });

/** A meter whose clock and rows are set by hand. */
function meterOf(plan: PlanOverrides, watches: ReturnType<typeof watch>[]) {
  const clock = { now: 0 };
  const rows: RecentRow[] = [];
  const recent = (count: number) => rows.slice(-count);
  const meter = new ProgressMeter(benchPlan(plan), watches, { recent }, () => clock.now);
  return { meter, clock, rows };
}

const traffic = (messagesIn: number) => ({
  messagesIn,
  messagesOut: messagesIn * 2,
  bytesIn: messagesIn * 10,
  bytesOut: messagesIn * 20,
});

describe("progress", () => {
  it("is what the workers told last, together", () => {
    const { meter, clock } = meterOf(
      { warmupMs: 1000, length: { kind: "duration", durationMs: 5000 } },
      [
        watch("measuring", { sockets: { open: 4, attempted: 5, opened: 4, failed: 1 } }),
        watch("warm-up", {
          sockets: { open: 3, attempted: 5, opened: 5, broken: 1, closed: 1 },
          messages: { wrong: 1, lost: 2 },
        }),
      ],
    );
    clock.now = 700;
    meter.go(100);
    for (const [i, messages] of [100, 300, 600, 1000].entries()) {
      const atMs = 500 * i;
      meter.add(0, tick({}, { atMs, traffic: traffic(messages), latency: i < 2 ? [90] : [1] }));
      meter.add(1, tick({}, { atMs, traffic: traffic(0), latency: i === 3 ? [9] : [] }));
    }
    clock.now = 1300;
    expect(meter.read()).toEqual({
      phase: "warm-up",
      elapsedMs: 500,
      remainingMs: 5500,
      done: undefined,
      sockets: { connecting: 0, open: 7, attempted: 10, failed: 1, closed: 2 },
      messagesInPerSecond: 700,
      messagesOutPerSecond: 1400,
      bytesInPerSecond: 7000,
      bytesOutPerSecond: 14_000,
      plannedPerSecond: undefined,
      slipMs: undefined,
      p50Ms: expect.closeTo(1, 2),
      p99Ms: expect.closeTo(9, 1),
      errors: 5,
      history: [],
    });
  });

  it("counts messages where the run ends by their number, and knows nothing at first", () => {
    const { meter } = meterOf({ length: { kind: "messages", count: 100 } }, [
      watch("measuring", { messages: { answered: 40 } }),
    ]);
    meter.add(0, tick({}, { traffic: traffic(5) }));
    expect(meter.read()).toMatchObject({
      done: { answered: 40, of: 100 },
      remainingMs: undefined,
      messagesInPerSecond: 0,
    });
    expect(meter.read()).not.toHaveProperty("p50Ms");
  });

  it.each<[Phase, number | undefined]>([
    ["connecting", undefined],
    ["ready", undefined],
    ["measuring", 900],
    ["draining", 900],
  ])("knows in the phase %s that %s ms remain", (phase, remainingMs) => {
    const { meter, clock } = meterOf({ length: { kind: "duration", durationMs: 1000 } }, [
      watch(phase),
      watch("done"),
    ]);
    meter.go(0);
    clock.now = 100;
    expect(meter.read()).toMatchObject({ phase, remainingMs });
    clock.now = 5000;
    expect(meter.read().remainingMs).toBe(remainingMs && 0);
  });

  it.each<[Phase, number]>([
    ["warm-up", 1500],
    ["measuring", 500],
    ["draining", 500],
  ])("counts the time of the phase %s without a warm-up before it: %s ms", (phase, elapsedMs) => {
    const plan = { warmupMs: 1000, length: { kind: "duration", durationMs: 5000 } } as const;
    const { meter, clock } = meterOf(plan, [watch(phase)]);
    meter.go(0);
    clock.now = 1500;
    expect(meter.read()).toMatchObject({ elapsedMs, remainingMs: 4500 });
  });

  it("has not begun before its time", () => {
    const { meter } = meterOf({}, [watch("ready")]);
    meter.go(60_000);
    expect(meter.read().elapsedMs).toBe(0);
  });

  it.each([
    ["total", 100],
    ["socket", 700],
  ] as const)("tells what an open model plans in %s, and how late it is", (per, expected) => {
    const { meter } = meterOf({ load: openModel(100, per) }, [
      watch("measuring", { sockets: { open: 7 } }),
    ]);
    meter.add(0, tick({}, { recorded: { slip: sparse([1, 4]) } }));
    const { plannedPerSecond, slipMs } = meter.read();
    expect([plannedPerSecond, slipMs]).toEqual([expected, expect.closeTo(4, 1)]);
  });

  it("shows gaps of pushed messages", () => {
    const { meter } = meterOf({ measure: "push" }, [watch("measuring")]);
    meter.add(0, tick({}, { recorded: { gap: sparse([3]), latency: sparse([9]) } }));
    expect(meter.read().p50Ms).toBeCloseTo(3, 1);
  });

  it("keeps the last minute, each row once", () => {
    const { meter, rows } = meterOf({}, [watch("measuring")]);
    const row = (i: number): RecentRow => ({
      startMs: i * 1000,
      endMs: (i + 1) * 1000,
      messagesIn: i,
      latency: i === 1 ? sparse([5]) : [],
    });
    rows.push(row(0), row(1));
    meter.read();
    expect(meter.read().history).toEqual([
      { messagesInPerSecond: 0, p99Ms: undefined },
      { messagesInPerSecond: 1, p99Ms: expect.closeTo(5, 1) },
    ]);
    for (let i = 2; i < 100; i++) {
      rows.push(row(i));
      meter.read();
    }
    const { history } = meter.read();
    expect([history.length, history.at(-1)?.messagesInPerSecond]).toEqual([60, 99]);
  });
});
