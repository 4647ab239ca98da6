import { availableParallelism } from "node:os";
import { type Assertion, judgeAssertion } from "../bench/assertions.ts";
import { type BenchControl, runBench } from "../bench/coordinator.ts";
import type { BenchPlan } from "../bench/plan.ts";
import { hasProc } from "../bench/process-usage.ts";
import type { BenchResult, BenchSettings } from "../bench/result.ts";
import { ServerSampler } from "../bench/server-sampler.ts";
import { summarize } from "../bench/summary.ts";
import type { Io } from "../io.ts";
import type { SignalWatch } from "./signals.ts";

/** One run, beside its plan. */
export interface RunOptions {
  readonly settings: BenchSettings;
  /** As it is told: secrets are redacted. */
  readonly url: string;
  readonly embedded: boolean;
  /** The process of the server, where it is to be watched. */
  readonly serverPid?: number | undefined;
  readonly assertions: readonly Assertion[];
  readonly signals: SignalWatch;
  readonly clock: Io["clock"];
  readonly onProgress?: BenchControl["onProgress"];
  readonly startAtMs?: number | undefined;
  /** Told where the load began after `startAtMs`, and by how much. */
  readonly onLate?: ((lateMs: number) => void) | undefined;
}

/**
 * Runs a plan and makes a result of it; the server is watched beside it.
 * @throws FramecatError (usage)
 */
export async function runPlan(plan: BenchPlan, options: RunOptions): Promise<BenchResult> {
  const { signals, clock, settings, url, embedded, assertions } = options;
  const sampler = startSampler(options);
  const startedAt = new Date(clock.now().epochUs / 1000).toISOString();
  try {
    const { reports, intervals, lateMs } = await runBench(plan, {
      stop: signals.stop,
      kill: signals.kill,
      onProgress: options.onProgress,
      startAtMs: options.startAtMs,
      onWindow: (event) => {
        if (event === "opened") sampler?.windowOpened();
        else sampler?.windowClosed();
      },
    });
    if (lateMs > 0) options.onLate?.(lateMs);
    const facts = { startedAt, url, embedded, settings, intervals };
    const cores = availableParallelism();
    const interrupted = signals.received;
    const bare = summarize(plan, reports, { ...facts, interrupted, server: undefined, cores });
    const { messages, sockets } = bare;
    const server = sampler?.result({ answered: messages.answered, connections: sockets.open });
    const result = { ...bare, ...(server && { server }) };
    return { ...result, assertions: assertions.map((one) => judgeAssertion(one, result)) };
  } finally {
    sampler?.stop();
  }
}

/** A server of our own is watched where that is possible, another one where it is asked for. */
function startSampler({ serverPid, embedded }: RunOptions): ServerSampler | undefined {
  if (serverPid === undefined || (embedded && !hasProc())) return undefined;
  const sampler = new ServerSampler(serverPid);
  sampler.start();
  return sampler;
}
