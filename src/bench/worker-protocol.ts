import { type FailureCount, mergeFailures } from "./failures.ts";
import type { Traffic } from "./load.ts";
import type { WorkerPlan } from "./plan.ts";
import type { Recorded } from "./recordings.ts";
import type { MessageCounts, SocketCounts, StreamCounts } from "./result.ts";
import { mergeSelfCounts, type SelfCounts } from "./self-watch.ts";

/** What the coordinator tells a worker. */
export type ToWorker =
  | { readonly type: "plan"; readonly plan: WorkerPlan }
  /** All workers have connected: begin at a moment of the machine's monotonic clock, in ms. */
  | { readonly type: "go"; readonly atMs: number }
  /** End early, and tell what there is. */
  | { readonly type: "stop" };

/** What a worker tells the coordinator. */
export type FromWorker =
  /** Every handshake of the start has ended, well or badly. */
  | { readonly type: "connected"; readonly tick: Tick; readonly connectMs: number }
  /** Twice a second, whatever the worker does, and when the window opens and closes. */
  | { readonly type: "tick"; readonly tick: Tick }
  /** The last one. */
  | { readonly type: "result"; readonly ending: WorkerEnding; readonly tick: Tick }
  /** The plan cannot be run: a bad template, path or address. */
  | { readonly type: "unfit"; readonly message: string; readonly hint?: string | undefined };

/** How a worker stands. What was recorded is told once, in pieces; all else is told as it stands. */
export interface Tick {
  /** A moment of the machine's monotonic clock, in ms. */
  readonly atMs: number;
  readonly phase: Phase;
  readonly counts: Counts;
  /** What has passed since the first message, warm-up and all. */
  readonly traffic: Traffic;
  /** What was recorded since the last tick. */
  readonly recorded: Recorded;
}

export type Phase = "connecting" | "ready" | "warm-up" | "measuring" | "draining" | "done";

/** Why a worker ended: as planned, when asked to, for want of replies, or of connections. */
export type WorkerEnding = "completed" | "stopped" | "stalled" | "disconnected";

/** The books of a worker, or of all together. */
export interface Counts {
  readonly sockets: SocketCounts;
  /** The most sockets that were open at a time. */
  readonly peak: number;
  readonly messages: MessageCounts;
  /** Of the messages answered, those that were never to have a reply. */
  readonly unawaited: number;
  readonly stream?: StreamCounts | undefined;
  /** Deliveries that came back to who had published. */
  readonly ownDeliveries: number;
  /** What passed in the measured window. */
  readonly traffic: Traffic;
  readonly self: SelfCounts;
  /** The most that lay unsent in the sockets. */
  readonly maxBufferedBytes: number;
  /** By how much resident memory has grown since before the first socket. */
  readonly grownBytes: number;
  /** Why sockets did not open. */
  readonly refusals: readonly FailureCount[];
  /** Why sockets ended before the run did. */
  readonly breaks: readonly FailureCount[];
}

/** The books of several workers as one. */
export function mergeCounts(parts: readonly Counts[]): Counts {
  const streams = parts.flatMap(({ stream }) => (stream ? [stream] : []));
  return {
    sockets: addUp(
      parts.map(({ sockets }) => sockets),
      NO_SOCKETS,
    ),
    peak: sum(parts, ({ peak }) => peak),
    messages: addUp(
      parts.map(({ messages }) => messages),
      NO_MESSAGES,
    ),
    unawaited: sum(parts, ({ unawaited }) => unawaited),
    ...(streams.length > 0 && { stream: addUp(streams, NO_STREAM) }),
    ownDeliveries: sum(parts, ({ ownDeliveries }) => ownDeliveries),
    traffic: addUp(
      parts.map(({ traffic }) => traffic),
      NO_TRAFFIC,
    ),
    self: mergeSelfCounts(parts.map(({ self }) => self)),
    maxBufferedBytes: sum(parts, ({ maxBufferedBytes }) => maxBufferedBytes),
    grownBytes: sum(parts, ({ grownBytes }) => grownBytes),
    refusals: mergeFailures(parts.map(({ refusals }) => refusals)),
    breaks: mergeFailures(parts.map(({ breaks }) => breaks)),
  };
}

/** At the end: what was planned and not sent never will be. */
export function settle(messages: MessageCounts): MessageCounts {
  const { planned, sent, unsent } = messages;
  return { ...messages, unsent: Math.max(unsent, planned - sent) };
}

function sum(parts: readonly Counts[], of: (part: Counts) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

/** Adds records of numbers, field by field. @param none has each field, as 0 */
export function addUp<T extends { readonly [K in keyof T]: number }>(
  parts: readonly T[],
  none: T,
): T {
  const total: { [K in keyof T]: number } = { ...none };
  for (const part of parts) {
    for (const field of Object.keys(none) as (keyof T)[]) total[field] += part[field];
  }
  return total as T;
}

export const NO_SOCKETS: SocketCounts = {
  attempted: 0,
  opened: 0,
  failed: 0,
  unfinished: 0,
  open: 0,
  closed: 0,
  broken: 0,
};

export const NO_MESSAGES: MessageCounts = {
  planned: 0,
  unsent: 0,
  sent: 0,
  answered: 0,
  wrong: 0,
  lost: 0,
  inFlight: 0,
  duplicated: 0,
  reordered: 0,
  unexpected: 0,
};

const NO_STREAM: StreamCounts = {
  expected: 0,
  received: 0,
  missing: 0,
  duplicated: 0,
  reordered: 0,
};

export const NO_TRAFFIC: Traffic = { messagesOut: 0, messagesIn: 0, bytesOut: 0, bytesIn: 0 };

/** The books of a worker that has not told anything. */
export function noCounts(attempted: number): Counts {
  return {
    sockets: { ...NO_SOCKETS, attempted, unfinished: attempted },
    peak: 0,
    messages: NO_MESSAGES,
    unawaited: 0,
    ownDeliveries: 0,
    traffic: NO_TRAFFIC,
    self: mergeSelfCounts([]),
    maxBufferedBytes: 0,
    grownBytes: 0,
    refusals: [],
    breaks: [],
  };
}
