import { expect, it } from "vitest";
import { ProgressMeter } from "../../src/bench/progress.ts";
import { bucketOf } from "../../src/bench/recorder.ts";
import type { Phase } from "../../src/bench/worker-protocol.ts";
import { benchPlan, type CountOverrides, counts } from "../helpers/bench.ts";

function watch(phase: Phase, given: CountOverrides = {}, messagesIn = 0, recent: number[][] = []) {
  const own = counts(given);
  return { phase, counts: own, traffic: { ...own.traffic, messagesIn }, recent };
}

it("is what the workers told last, together", () => {
  let now = 0;
  const ms = (latency: number) => bucketOf(latency * 1e6);
  const watches = [
    watch("measuring", { sockets: { open: 4, attempted: 5, failed: 1 } }, 0, [[ms(1), 3], []]),
    watch("warm-up", {
      sockets: { open: 3, attempted: 5 },
      breaks: [{ kind: "closed", code: "closed", message: "x", count: 2 }],
    }),
  ];
  const plan = benchPlan({ warmupMs: 1000, length: { kind: "duration", durationMs: 5000 } });
  const meter = new ProgressMeter(plan, watches, () => now);
  now = 700;
  meter.go();
  now = 1200;
  watches[0]!.traffic = { ...watches[0]!.traffic, messagesIn: 2000 };
  watches[1]!.recent = [[], [ms(9), 1]];
  expect(meter.read()).toEqual({
    phase: "warm-up",
    elapsedMs: 500,
    remainingMs: 5500,
    done: undefined,
    sockets: { open: 7, attempted: 10 },
    messagesPerSecond: 4000,
    p50Ms: expect.closeTo(1, 2),
    p99Ms: expect.closeTo(9, 1),
    errors: 3,
  });
  now = 1700;
  expect(meter.read()).toMatchObject({ messagesPerSecond: 0, elapsedMs: 1000 });
});

it("counts messages where the run ends by their number, and knows no percentiles at first", () => {
  const plan = benchPlan({ length: { kind: "messages", count: 100 } });
  const meter = new ProgressMeter(plan, [watch("measuring", { messages: { answered: 40 } })]);
  expect(meter.read()).toMatchObject({
    done: { answered: 40, of: 100 },
    remainingMs: undefined,
    p50Ms: undefined,
    p99Ms: undefined,
  });
});

it("knows no remaining time while sockets are opened, and none once it is over", () => {
  let now = 0;
  const watches = [watch("connecting")];
  const plan = benchPlan({ length: { kind: "duration", durationMs: 5 } });
  const meter = new ProgressMeter(plan, watches, () => now);
  expect(meter.read()).toMatchObject({ phase: "connecting", remainingMs: undefined });
  watches[0]!.phase = "draining";
  now = 100;
  expect(meter.read()).toMatchObject({ phase: "draining", remainingMs: 0 });
});
