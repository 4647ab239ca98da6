import { usageError } from "../errors.ts";
import { parsePattern } from "../scenario/pattern.ts";
import type { HeartbeatOptions } from "../transport/heartbeat.ts";
import { QUEUE_LIMITS, type QueueLimits } from "../transport/offline-queue.ts";
import { RECONNECT_DEFAULTS, type ReconnectPolicy } from "../transport/reconnect-policy.ts";
import { parseCount, parseDurationMs } from "../units.ts";
import type { Args } from "./command.ts";
import { duration } from "./dial-flags.ts";

export interface LifeFlags {
  readonly reconnect: ReconnectPolicy | undefined;
  readonly queue: QueueLimits;
  readonly heartbeat: HeartbeatOptions | undefined;
  readonly closeTimeoutMs: number;
}

const DEFAULT_QUESTION = '{"type":"ping"}';
const DEFAULT_ANSWER = "json:$.type=pong";
/** A quarter of what proxies commonly drop idle connections after. */
const DEFAULT_INTERVAL = "15s";

/**
 * Reads what keeps a conversation alive.
 * @throws FramecatError (usage)
 */
export async function readLife(args: Args): Promise<LifeFlags> {
  return {
    reconnect: readReconnect(args),
    queue: readQueue(args),
    heartbeat: await readHeartbeat(args),
    closeTimeoutMs: duration(args, "close-timeout", "5s"),
  };
}

const RECONNECT_FLAGS = [
  "reconnect-delay",
  "reconnect-factor",
  "reconnect-max-delay",
  "reconnect-tries",
] as const;

/** A flag that says how to reconnect says that, too. */
function readReconnect(args: Args): ReconnectPolicy | undefined {
  const always = args.flag("reconnect-always");
  const how = RECONNECT_FLAGS.some((name) => args.text(name) !== undefined);
  if (!args.flag("reconnect") && !always && !how) return undefined;
  const tries = args.text("reconnect-tries");
  const [firstDelayMs, maxDelayMs] = [
    duration(args, "reconnect-delay", "1s"),
    duration(args, "reconnect-max-delay", "30s"),
  ];
  return {
    ...RECONNECT_DEFAULTS,
    always,
    firstDelayMs,
    maxDelayMs: Math.max(firstDelayMs, maxDelayMs),
    factor: readFactor(args.text("reconnect-factor")),
    ...(tries !== undefined && { tries: parseCount(tries, "--reconnect-tries") }),
  };
}

function readFactor(text: string | undefined): number {
  if (text === undefined) return RECONNECT_DEFAULTS.factor;
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (factor >= 1 && factor <= 100) return factor;
  throw usageError(`--reconnect-factor must be from 1 to 100, not ${JSON.stringify(text)}`);
}

function readQueue(args: Args): QueueLimits {
  const messages = args.text("reconnect-queue");
  if (messages === undefined) return QUEUE_LIMITS;
  return { ...QUEUE_LIMITS, messages: parseCount(messages, "--reconnect-queue") };
}

async function readHeartbeat(args: Args): Promise<HeartbeatOptions | undefined> {
  const interval = args.text("ping-interval");
  const [question, answer] = [args.text("heartbeat-send"), args.text("heartbeat-expect")];
  const byMessage = args.flag("heartbeat") || question !== undefined || answer !== undefined;
  if (interval === undefined && !byMessage) {
    if (args.text("ping-timeout") === undefined) return undefined;
    throw usageError("--ping-timeout needs --ping-interval or --heartbeat");
  }
  const times = {
    intervalMs: positive(interval ?? DEFAULT_INTERVAL, "--ping-interval"),
    timeoutMs: positive(args.text("ping-timeout") ?? "10s", "--ping-timeout"),
  };
  if (!byMessage) return times;
  const pattern = await parsePattern(answer ?? DEFAULT_ANSWER, "--heartbeat-expect");
  const expect = (data: Uint8Array) => pattern.matches(data, "text");
  return { ...times, message: { send: question ?? DEFAULT_QUESTION, expect } };
}

function positive(text: string, flag: string): number {
  const ms = parseDurationMs(text, flag);
  if (ms > 0) return ms;
  throw usageError(`${flag} must be longer than nothing`);
}
