import { onTestFinished } from "vitest";
import type { Platform } from "../../src/bench/dialer.ts";
import { splitPlan } from "../../src/bench/plan.ts";
import { Recordings } from "../../src/bench/recordings.ts";
import { findDiscrepancies } from "../../src/bench/summary.ts";
import type { FromWorker } from "../../src/bench/worker-protocol.ts";
import { WorkerRun } from "../../src/bench/worker-run.ts";
import { benchPlan, platform, type PlanOverrides } from "./bench.ts";

export type Told<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** A worker's run in this process, and what it tells. */
export function startRun(overrides: PlanOverrides, given: Partial<Platform> = {}) {
  const told: FromWorker[] = [];
  const waiting = new Set<() => void>();
  const tell = (message: FromWorker): void => {
    // As it arrives in another process.
    told.push(structuredClone(message));
    for (const check of waiting) check();
  };
  const [plan] = splitPlan(benchPlan(overrides));
  const run = new WorkerRun(plan!, tell, platform(given));
  onTestFinished(() => run.stop());
  const until = <T extends FromWorker["type"]>(
    type: T,
    matches: (message: Told<T>) => boolean = () => true,
  ) =>
    new Promise<Told<T>>((resolve) => {
      const check = (): void => {
        const found = told.find((m): m is Told<T> => m.type === type && matches(m as Told<T>));
        if (found) resolve(found);
      };
      waiting.add(check);
      check();
    });
  return { run, told, until };
}

/** The sums of a worker that do not agree at one of the moments at which it told them. */
export function discrepanciesOf(told: readonly FromWorker[], overrides: PlanOverrides): string[] {
  const { measure } = benchPlan(overrides);
  const recordings = new Recordings();
  return told.flatMap((message) => {
    if (message.type === "unfit") return [];
    const { counts, recorded } = message.tick;
    recordings.add(recorded);
    const { sockets, messages, stream, unawaited } = counts;
    const latencies = recordings.of("latency").total;
    // What waits to be sent is neither sent nor unsent before the end.
    const waits = message.type === "result" ? 0 : messages.planned - messages.sent;
    const unsent = Math.max(messages.unsent, waits);
    const settled = { ...messages, unsent };
    return findDiscrepancies({ measure, sockets, messages: settled, stream, latencies, unawaited });
  });
}
