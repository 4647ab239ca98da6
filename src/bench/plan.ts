import type { LeanDialOptions } from "../transport/lean-dial.ts";
import type { MessagePlan } from "./composer.ts";
import type { LoadModel, Measure, RunLength, Stage } from "./result.ts";

/** How to dial, as plain data. */
export interface DialPlan extends Pick<
  LeanDialOptions,
  | "target"
  | "subprotocols"
  | "headers"
  | "origin"
  | "host"
  | "version"
  | "requireDeflate"
  | "tls"
  | "proxy"
  | "hosts"
  | "family"
  | "connectTimeoutMs"
  | "handshakeTimeoutMs"
> {
  /** Offers permessage-deflate. */
  readonly deflate: boolean;
  /** Source addresses that sockets take turns with, as `parseLocalAddresses` reads them. */
  readonly localAddresses?: string | undefined;
  /** The address and its headers hold placeholders, which each socket fills for itself. */
  readonly template?: DialTemplate | undefined;
}

/** The parts of a dial that differ by socket, with placeholders. */
export interface DialTemplate {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** When sockets that end, or do not open, are tried again. */
export interface ReconnectPlan {
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** All that a run does: plain data, so that it can travel to workers. */
export interface BenchPlan {
  readonly measure: Measure;
  readonly dial: DialPlan;
  /** Sockets; with stages the most that there are. */
  readonly connections: number;
  readonly stages: readonly Stage[];
  /** Handshakes begun per second at most. */
  readonly connectPerSecond?: number | undefined;
  readonly churnPerSecond: number;
  readonly reconnect?: ReconnectPlan | undefined;
  readonly workers: number;
  readonly load: LoadModel;
  readonly message: MessagePlan;
  /** Sockets that publish, for `fanout`. */
  readonly publishers: number;
  /** Where pushed messages hold their number, as a JSONPath; absent: at their first `"seq":`. */
  readonly sequence?: string | undefined;
  readonly length: RunLength;
  /** Load that comes before the measured window and does not count. */
  readonly warmupMs: number;
  /** A message whose reply takes longer is lost, where replies are known by more than their order. */
  readonly timeoutMs: number;
  /** How long replies are waited for after the last message was sent. */
  readonly drainMs: number;
  /** What chance begins with: the same seed makes the same choices. */
  readonly seed: number;
}

/** One part of a plan: its sockets, messages and rates are its share. */
export interface WorkerPlan extends BenchPlan {
  readonly index: number;
  /** Number of its first socket in the whole run. */
  readonly firstSocket: number;
  /** Where in the period of a constant rate its own sends lie (0–1), so that parts take turns. */
  readonly phase: number;
}

/** How many sockets are opened before the load begins. */
export function socketsOfStart({ measure, stages, connections }: BenchPlan): number {
  return stages.length > 0 || measure === "connect" ? 0 : connections;
}

/** Cuts a plan into one for each worker, as even as whole numbers allow; the parts add up. */
export function splitPlan(plan: BenchPlan | WorkerPlan): WorkerPlan[] {
  return Array.from({ length: plan.workers }, (_, index) => partOf(plan, index, plan.workers));
}

/** The part number `index` of `parts`. */
export function partOf(plan: BenchPlan | WorkerPlan, index: number, parts: number): WorkerPlan {
  const { connections, length, stages, load, connectPerSecond, churnPerSecond } = plan;
  const [first, phase] = "firstSocket" in plan ? [plan.firstSocket, plan.phase] : [0, 0];
  const own = share(connections, index, parts);
  const firstSocket = first + Math.floor((index * connections) / parts);
  // Rates go with the sockets, so that each socket has the same.
  const ofSockets = connections === 0 ? 0 : own / connections;
  const [from, to] = sendersBetween(plan, first, firstSocket, firstSocket + own);
  return {
    ...plan,
    index,
    firstSocket,
    phase: (phase + index) / parts,
    connections: own,
    stages: stages.map((stage) => ({
      ...stage,
      connections: share(stage.connections, index, parts),
    })),
    connectPerSecond: connectPerSecond && connectPerSecond * ofSockets,
    churnPerSecond: churnPerSecond * ofSockets,
    load:
      load.model === "open" && load.per === "total"
        ? { ...load, ratePerSecond: load.ratePerSecond * (to - from) }
        : load,
    length:
      length.kind === "messages"
        ? {
            kind: "messages",
            count: Math.floor(length.count * to) - Math.floor(length.count * from),
          }
        : length,
    seed: (plan.seed + 0x9e3779b9 * (index + 1)) >>> 0,
  };
}

/** Of the sockets that send, which share (0–1) come before one number, and which before another. */
function sendersBetween(plan: BenchPlan, first: number, start: number, end: number) {
  const { measure, publishers, connections } = plan;
  const last =
    measure === "fanout" ? Math.min(publishers, first + connections) : first + connections;
  const all = last - first;
  const before = (socket: number): number => (all > 0 ? (Math.min(socket, last) - first) / all : 0);
  return [before(start), before(end)] as const;
}

function share(total: number, index: number, parts: number): number {
  return Math.floor(((index + 1) * total) / parts) - Math.floor((index * total) / parts);
}
