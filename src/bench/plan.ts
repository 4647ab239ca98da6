import type { TlsOptions } from "../transport/open-socket.ts";
import type { Target } from "../transport/target.ts";
import type { MessageSpec } from "./frame-batch.ts";

/** Who decides when a message is sent. */
export type LoadModel = {
  /** Each socket keeps so many messages in flight: a reply lets the next one go. */
  readonly model: "closed";
  readonly inFlight: number;
};

/** When the measured window ends. */
export type RunLength =
  | { readonly kind: "duration"; readonly durationMs: number }
  | { readonly kind: "messages"; readonly count: number };

/** How to dial, as plain data. */
export interface DialPlan {
  readonly target: Target;
  readonly subprotocols?: readonly string[];
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly origin?: string | undefined;
  readonly tls?: TlsOptions;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
}

/** All that a run does: plain data, so that it can travel to workers and be kept with the results. */
export interface BenchPlan {
  readonly dial: DialPlan;
  readonly connections: number;
  readonly workers: number;
  readonly load: LoadModel;
  readonly message: MessageSpec;
  readonly length: RunLength;
  /** Load that comes before the measured window and does not count. */
  readonly warmupMs: number;
  /** How long replies are waited for after the last message was sent. */
  readonly drainMs: number;
}

/** One worker's part: a plan whose connections and messages are its share. */
export interface WorkerPlan extends BenchPlan {
  readonly index: number;
}

/** Cuts a plan into one for each worker, as even as whole numbers allow; the parts add up. */
export function splitPlan(plan: BenchPlan): WorkerPlan[] {
  const { workers, connections, length } = plan;
  return Array.from({ length: workers }, (_, index) => ({
    ...plan,
    index,
    connections: share(connections, index, workers),
    length:
      length.kind === "messages"
        ? { kind: "messages", count: share(length.count, index, workers) }
        : length,
  }));
}

function share(total: number, index: number, parts: number): number {
  return Math.floor(((index + 1) * total) / parts) - Math.floor((index * total) / parts);
}
