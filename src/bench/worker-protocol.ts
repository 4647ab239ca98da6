import { type FailureCount, mergeFailures } from "./failures.ts";
import type { Traffic } from "./load.ts";
import type { WorkerPlan } from "./plan.ts";
import type { SparseCounts } from "./recorder.ts";

/** What the coordinator tells a worker. */
export type ToWorker =
  | { readonly type: "plan"; readonly plan: WorkerPlan }
  /** All workers have connected: begin. */
  | { readonly type: "go" }
  /** End early, and tell what there is. */
  | { readonly type: "stop" };

/** What a worker tells the coordinator. */
export type FromWorker =
  | {
      /** Every handshake has ended, well or badly. */
      readonly type: "connected";
      readonly counts: Counts;
      /** How long the handshakes took, in ns, as a compressed histogram. */
      readonly handshakes: string;
      /** From the first attempt to the end of the last one. */
      readonly elapsedMs: number;
    }
  | {
      /** Twice a second, whatever the worker does. */
      readonly type: "tick";
      readonly phase: Phase;
      readonly counts: Counts;
      /** What has passed since the first message, warm-up and all. */
      readonly traffic: Traffic;
      /** Latencies since the last tick. */
      readonly latencies: SparseCounts;
    }
  | {
      /** The last one. */
      readonly type: "result";
      readonly ending: Ending;
      readonly counts: Counts;
      /** All latencies, in ns, as a compressed histogram. */
      readonly latencies: string;
    };

export type Phase = "connecting" | "ready" | "warm-up" | "measuring" | "draining" | "done";

/** Why a run ended: as planned, when asked to, for want of replies, or of connections. */
export type Ending = "completed" | "stopped" | "stalled" | "disconnected";

/** The books of a worker, or of all together. */
export interface Counts {
  readonly sockets: SocketCounts;
  readonly messages: MessageCounts;
  /** What passed in the measured window. */
  readonly traffic: Traffic;
  /** Length of the measured window so far. */
  readonly windowMs: number;
  /** CPU time in the window, user and system. */
  readonly cpuMs: number;
  /** Time in the window that was waited for a core. */
  readonly waitedMs: number;
  /** Share of the window (0–1) in which the process had work: of the busiest worker. */
  readonly busy: number;
  /** Why sockets did not open. */
  readonly refusals: readonly FailureCount[];
  /** Why sockets ended before the run did. */
  readonly breaks: readonly FailureCount[];
}

/** attempted = opened + failed + unfinished. */
export interface SocketCounts {
  readonly attempted: number;
  readonly opened: number;
  readonly failed: number;
  readonly unfinished: number;
  /** Open at the moment. */
  readonly open: number;
}

/** Messages sent in the window: sent = answered + lost + in flight. */
export interface MessageCounts {
  readonly sent: number;
  readonly answered: number;
  /** Their connection ended before the reply came. */
  readonly lost: number;
  readonly inFlight: number;
  /** Replies that nothing was sent for. */
  readonly unexpected: number;
}

/** The books of several workers as one. */
export function mergeCounts(parts: readonly Counts[]): Counts {
  return {
    sockets: {
      attempted: sum(parts, ({ sockets }) => sockets.attempted),
      opened: sum(parts, ({ sockets }) => sockets.opened),
      failed: sum(parts, ({ sockets }) => sockets.failed),
      unfinished: sum(parts, ({ sockets }) => sockets.unfinished),
      open: sum(parts, ({ sockets }) => sockets.open),
    },
    messages: {
      sent: sum(parts, ({ messages }) => messages.sent),
      answered: sum(parts, ({ messages }) => messages.answered),
      lost: sum(parts, ({ messages }) => messages.lost),
      inFlight: sum(parts, ({ messages }) => messages.inFlight),
      unexpected: sum(parts, ({ messages }) => messages.unexpected),
    },
    traffic: {
      messagesOut: sum(parts, ({ traffic }) => traffic.messagesOut),
      messagesIn: sum(parts, ({ traffic }) => traffic.messagesIn),
      bytesOut: sum(parts, ({ traffic }) => traffic.bytesOut),
      bytesIn: sum(parts, ({ traffic }) => traffic.bytesIn),
    },
    windowMs: Math.max(0, ...parts.map(({ windowMs }) => windowMs)),
    cpuMs: sum(parts, ({ cpuMs }) => cpuMs),
    waitedMs: sum(parts, ({ waitedMs }) => waitedMs),
    busy: Math.max(0, ...parts.map(({ busy }) => busy)),
    refusals: mergeFailures(parts.map(({ refusals }) => refusals)),
    breaks: mergeFailures(parts.map(({ breaks }) => breaks)),
  };
}

function sum(parts: readonly Counts[], of: (part: Counts) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

/** The books of a worker that has not told anything. */
export function noCounts(attempted: number): Counts {
  return {
    sockets: { attempted, opened: 0, failed: 0, unfinished: attempted, open: 0 },
    messages: { sent: 0, answered: 0, lost: 0, inFlight: 0, unexpected: 0 },
    traffic: { messagesOut: 0, messagesIn: 0, bytesOut: 0, bytesIn: 0 },
    windowMs: 0,
    cpuMs: 0,
    waitedMs: 0,
    busy: 0,
    refusals: [],
    breaks: [],
  };
}
