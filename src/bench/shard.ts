import { usageError } from "../errors.ts";

/** Which part of a run on several machines this is. */
export interface Shard {
  /** From 0 to `count` − 1. */
  readonly index: number;
  readonly count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How a scheduler tells its parts which they are. */
interface Scheduler {
  readonly name: string;
  readonly index: string;
  readonly count: string;
  /** The number of the first part, where it need not be 0. */
  readonly first?: string;
  /** From one number to the next, where it need not be 1. */
  readonly step?: string;
}

/** The inner one first: a task of a Slurm array may itself have several processes. */
const SCHEDULERS: readonly Scheduler[] = [
  { name: "Slurm", index: "SLURM_PROCID", count: "SLURM_NTASKS" },
  {
    name: "a Slurm array",
    index: "SLURM_ARRAY_TASK_ID",
    count: "SLURM_ARRAY_TASK_COUNT",
    first: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
  },
  // Kubernetes tells the index alone; the manifest adds the number of completions.
  { name: "Kubernetes", index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS" },
];

/** `0/4` @throws FramecatError (usage) */
export function parseShard(text: string, flag = "--shard"): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index !== undefined && shard.index < shard.count) return shard;
  throw usageError(
    `${flag} must be like 0/4, from 0/4 to 3/4, not ${JSON.stringify(text)}`,
    "Parts are counted from 0.",
  );
}

/**
 * The part that the scheduler around us says; undefined where there is none, or only one part.
 * @throws FramecatError (usage) where it says something that cannot be
 */
export function shardOf(env: Environment): Shard | undefined {
  const shards = SCHEDULERS.flatMap((scheduler) => readShard(scheduler, env) ?? []);
  const [inner, ...outer] = shards.filter(({ count }) => count > 1);
  if (!inner) return undefined;
  const [array] = outer;
  if (!array) return inner;
  return { index: array.index * inner.count + inner.index, count: array.count * inner.count };
}

function readShard(
  { name, index, count, first, step }: Scheduler,
  env: Environment,
): Shard | undefined {
  const said = env[index];
  if (said === undefined || env[count] === undefined) return undefined;
  const start = first === undefined ? 0 : Number(env[first] ?? 0);
  const by = step === undefined ? 1 : Number(env[step] ?? 1);
  const shard = { index: (Number(said) - start) / by, count: Number(env[count]) };
  const isWhole = Number.isInteger(shard.index) && Number.isInteger(shard.count);
  if (isWhole && shard.index >= 0 && shard.index < shard.count) return shard;
  throw usageError(
    `${name} says that this is part ${index}=${said} of ${count}=${env[count]}, which cannot be`,
    "Say with --shard which part of how many this is.",
  );
}

/** A file name by which the parts of a run sort, and are told apart. */
export function shardFile({ index, count }: Shard): string {
  const digits = String(count - 1).length;
  return `shard-${String(index).padStart(digits, "0")}-of-${count}.json`;
}

const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const EPOCH = /^@(\d+(?:\.\d+)?)$/;
/** With a zone: without one machines of different zones would not begin together. */
const ISO = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/;
/** Who waits longer than this has mistyped. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/**
 * A moment at which all parts begin: `14:30`, the next time it is that late in UTC; an ISO time with
 * its zone; or `@1700000000`, seconds since 1970.
 * @returns milliseconds since 1970
 * @throws FramecatError (usage) also for a moment that has passed
 */
export function parseStartAt(text: string, nowMs: number, flag = "--start-at"): number {
  const at = momentOf(text.trim(), nowMs);
  if (Number.isNaN(at)) {
    throw usageError(
      `${flag} must be like 14:30 (UTC), 2026-01-31T14:30:00Z or @1700000000, not ${JSON.stringify(text)}`,
    );
  }
  if (at < nowMs) throw usageError(`${flag} ${text} has passed`);
  if (at - nowMs > MAX_AHEAD_MS) throw usageError(`${flag} ${text} is more than a day ahead`);
  return at;
}

function momentOf(text: string, nowMs: number): number {
  const [, epoch] = EPOCH.exec(text) ?? [];
  if (epoch !== undefined) return Number(epoch) * 1000;
  if (ISO.test(text)) return Date.parse(text);
  const [, hours, minutes, seconds = "0"] = TIME_OF_DAY.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    return Number.NaN;
  }
  const today = new Date(nowMs);
  const at = today.setUTCHours(Number(hours), Number(minutes), Number(seconds), 0);
  return at < nowMs ? at + MAX_AHEAD_MS : at;
}
