import type { Phase } from "./worker-protocol.ts";

/** How a run stands, for who looks on. Rates and percentiles are those of the last second. */
export interface BenchProgress {
  /** The furthest one that all workers have reached. */
  readonly phase: Phase;
  /** Since connecting began, or the load did, or from then on the measured window. */
  readonly elapsedMs: number;
  /** Until the measured window closes; absent where that is not known. */
  readonly remainingMs?: number | undefined;
  /** How many messages were answered, of how many: where the run ends by their number. */
  readonly done?: { readonly answered: number; readonly of: number } | undefined;
  readonly sockets: SocketProgress;
  readonly messagesOutPerSecond: number;
  readonly messagesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  readonly bytesInPerSecond: number;
  /** Open model: how many messages should leave. */
  readonly plannedPerSecond?: number | undefined;
  /** Open model: how far the latest messages left behind their plan. */
  readonly slipMs?: number | undefined;
  /** Absent where nothing was measured. */
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  /** All that failed so far: sockets and messages. */
  readonly errors: number;
  /** Of the last minute, one for each second, the latest last. */
  readonly history: readonly ProgressSecond[];
}

export interface SocketProgress {
  readonly connecting: number;
  readonly open: number;
  readonly attempted: number;
  readonly failed: number;
  /** By us or by the peer. */
  readonly closed: number;
}

export interface ProgressSecond {
  readonly messagesInPerSecond: number;
  readonly p99Ms: number | undefined;
}
