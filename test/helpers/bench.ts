import { hrtime } from "node:process";
import { onTestFinished } from "vitest";
import type { Platform } from "../../src/bench/dialer.ts";
import type { BenchPlan, DialPlan } from "../../src/bench/plan.ts";
import { emptyHistogram } from "../../src/bench/histogram.ts";
import { bucketOf, type SparseCounts } from "../../src/bench/recorder.ts";
import { Recordings } from "../../src/bench/recordings.ts";
import type { HistogramName } from "../../src/bench/result.ts";
import {
  type Counts,
  type FromWorker,
  noCounts,
  type Phase,
  type Tick,
  type ToWorker,
  type WorkerEnding,
} from "../../src/bench/worker-protocol.ts";
import type { WorkerProcess, WorkerReport } from "../../src/bench/worker-watch.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { type LeanServer, serveLeanEcho } from "../../src/transport/lean-serve.ts";
import { parseTarget } from "../../src/transport/target.ts";

export type PlanOverrides = Partial<BenchPlan> & { readonly url?: string };

export function dialPlan(url: string, given: Partial<DialPlan> = {}): DialPlan {
  return {
    target: parseTarget(url),
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
    deflate: false,
    ...given,
  };
}

/** A small plan; what a test is about is given. */
export function benchPlan({ url = "ws://127.0.0.1:1/", ...plan }: PlanOverrides = {}): BenchPlan {
  return {
    measure: "echo",
    dial: dialPlan(url),
    connections: 4,
    stages: [],
    churnPerSecond: 0,
    workers: 1,
    load: { model: "closed", inFlight: 1, thinkMs: 0 },
    message: {
      kind: "text",
      contents: [{ weight: 1, content: { type: "letters", sizes: { kind: "fixed", size: 20 } } }],
      match: { by: "order" },
      verify: false,
      onOpen: [],
    },
    publishers: 1,
    length: { kind: "messages", count: 100 },
    warmupMs: 0,
    timeoutMs: 30_000,
    drainMs: 1000,
    seed: 1,
    ...plan,
  };
}

/** An open model of so many messages a second. */
export function openModel(ratePerSecond: number, per: "total" | "socket" = "total") {
  return { model: "open", ratePerSecond, per, arrival: "constant" } as const;
}

export function platform(given: Partial<Platform> = {}): Platform {
  const clockOffsetMs = Number(hrtime.bigint()) / 1e6 - performance.now();
  return { clock: systemClock, random: systemRandom, clockOffsetMs, ...given };
}

type Nested = "sockets" | "messages" | "traffic" | "self";
export type CountOverrides = Partial<Omit<Counts, Nested>> & {
  readonly [K in Nested]?: Partial<Counts[K]>;
};

/** Counts of a worker; what is not given is nothing. */
export function counts({ sockets, messages, traffic, self, ...rest }: CountOverrides = {}): Counts {
  const none = noCounts(0);
  return {
    ...none,
    ...rest,
    sockets: { ...none.sockets, ...sockets },
    messages: { ...none.messages, ...messages },
    traffic: { ...none.traffic, ...traffic },
    self: { ...none.self, ...self },
  };
}

/** A histogram of latencies in ms. */
export function histogramOf(latenciesMs: readonly number[]) {
  const histogram = emptyHistogram();
  for (const ms of latenciesMs) histogram.recordValue(Math.round(ms * 1e6));
  return histogram;
}

/** Latencies in ms as buckets and counts. */
export function sparse(latenciesMs: readonly number[]): SparseCounts {
  const buckets = new Map<number, number>();
  for (const bucket of latenciesMs.map((ms) => bucketOf(ms * 1e6)).toSorted((a, b) => a - b)) {
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return [...buckets].flat();
}

/** Recordings in ms by name. */
export function recordingsOf(given: Partial<Record<HistogramName, readonly number[]>>): Recordings {
  const recordings = new Recordings();
  for (const [name, latenciesMs] of Object.entries(given)) {
    for (const ms of latenciesMs) recordings.of(name as HistogramName).record(ms * 1e6);
  }
  return recordings;
}

export function workerReport(
  given: CountOverrides = {},
  latenciesMs: readonly number[] = [],
  rest: Partial<WorkerReport> = {},
): WorkerReport {
  return {
    counts: counts(given),
    recordings: recordingsOf({ latency: latenciesMs }),
    connectMs: 0,
    ending: "completed",
    ...rest,
  };
}

/** A tick; latencies are in ms. */
export function tick(
  given: CountOverrides = {},
  { latency = [], ...rest }: Partial<Tick> & { readonly latency?: readonly number[] } = {},
): Tick {
  const own = counts(given);
  return {
    atMs: 0,
    phase: "measuring",
    counts: own,
    traffic: own.traffic,
    recorded: latency.length > 0 ? { latency: sparse(latency) } : {},
    ...rest,
  };
}

/** A worker that does what the test says. */
export class FakeWorker implements WorkerProcess {
  readonly sent: ToWorker[] = [];
  #listener: (message: FromWorker) => void = () => undefined;
  #end: (how: string) => void = () => undefined;
  readonly ended = new Promise<string>((resolve) => {
    this.#end = resolve;
  });
  /** What to do with what the coordinator says. */
  script: (message: ToWorker, worker: FakeWorker) => void;

  constructor(script: FakeWorker["script"] = () => undefined) {
    this.script = script;
  }

  send(message: ToWorker): void {
    this.sent.push(message);
    this.script(message, this);
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#listener = listener;
  }

  tell(message: FromWorker): void {
    this.#listener(message);
  }

  die(how: string): void {
    this.#end(how);
  }

  kill(): void {
    this.die("SIGKILL");
  }
}

/** What workers tell. */
export const told = {
  connected: (own: CountOverrides = {}): FromWorker => ({
    type: "connected",
    tick: tick(own, { phase: "ready" }),
    connectMs: 5,
  }),
  tick: (
    own: CountOverrides = {},
    latency: readonly number[] = [],
    phase: Phase = "measuring",
    atMs = 0,
  ): FromWorker => ({ type: "tick", tick: tick(own, { latency, phase, atMs }) }),
  result: (
    own: CountOverrides = {},
    latency: readonly number[] = [],
    ending: WorkerEnding = "completed",
  ): FromWorker => ({ type: "result", ending, tick: tick(own, { latency, phase: "done" }) }),
};

/** An echo server in this process. */
export async function echoServer(): Promise<LeanServer> {
  const server = await serveLeanEcho();
  onTestFinished(() => server.close());
  return server;
}
