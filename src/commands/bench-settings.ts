import type { Wanted } from "../bench/limits.ts";
import type { BenchPlan, RunLength } from "../bench/plan.ts";
import { usageError } from "../errors.ts";
import { parseTarget } from "../transport/target.ts";
import { parseCount, parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { duration, readDialFlags } from "./dial-flags.ts";

/** What the flags ask for: a plan that lacks the number of workers, and the server where none is named. */
export interface BenchSettings {
  readonly plan: Omit<BenchPlan, "workers">;
  /** True where the server is to be our own. */
  readonly embedded: boolean;
  readonly workers: number | undefined;
}

const MAX_CONNECTIONS = 1_000_000;
const MAX_IN_FLIGHT = 100_000;
const MAX_WORKERS = 1024;
const MAX_MESSAGE_BYTES = 64 * 2 ** 20;

/** @throws FramecatError (usage) */
export function readBenchFlags(args: Args): BenchSettings {
  const [url] = args.positionals;
  const workers = args.text("workers");
  return {
    embedded: url === undefined,
    workers: workers === undefined ? undefined : parseCount(workers, "--workers", 1, MAX_WORKERS),
    plan: {
      dial: readDialFlags(url ?? "ws://127.0.0.1/", args),
      connections: count(args, "connections", "100", MAX_CONNECTIONS),
      load: { model: "closed", inFlight: count(args, "in-flight", "1", MAX_IN_FLIGHT) },
      message: { kind: args.flag("binary") ? "binary" : "text", length: messageLength(args) },
      length: runLength(args),
      warmupMs: duration(args, "warmup", "1s"),
      drainMs: duration(args, "drain", "5s"),
    },
  };
}

/** What is to be checked against the limits of the system. */
export function wantedOf({ plan, embedded, workers }: BenchSettings): Wanted {
  const overTcp = plan.dial.target.socketPath === undefined;
  return { connections: plan.connections, workers, overTcp, embedded };
}

/** The plan for a server of our own. */
export function aimAt(url: string, plan: BenchPlan): BenchPlan {
  return { ...plan, dial: { ...plan.dial, target: parseTarget(url) } };
}

function count(args: Args, name: string, fallback: string, max: number): number {
  return parseCount(args.text(name) ?? fallback, `--${name}`, 1, max);
}

function messageLength(args: Args): number {
  const length = parseSize(args.text("size") ?? "20", "--size");
  if (length <= MAX_MESSAGE_BYTES) return length;
  throw usageError("--size is at most 64MiB: every worker holds the message in memory");
}

function runLength(args: Args): RunLength {
  const messages = args.text("messages");
  if (messages === undefined) {
    const durationMs = duration(args, "duration", "5s");
    if (durationMs > 0) return { kind: "duration", durationMs };
    throw usageError("--duration must be longer than nothing");
  }
  if (args.text("duration") !== undefined) {
    throw usageError("--duration and --messages exclude each other", "Give one of them.");
  }
  return { kind: "messages", count: parseCount(messages, "--messages", 1, 1e12) };
}
