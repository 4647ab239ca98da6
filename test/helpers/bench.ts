import { onTestFinished } from "vitest";
import type { BenchPlan } from "../../src/bench/plan.ts";
import { emptyHistogram, encodeHistogram, type SparseCounts } from "../../src/bench/recorder.ts";
import {
  type Counts,
  type FromWorker,
  noCounts,
  type Phase,
  type ToWorker,
} from "../../src/bench/worker-protocol.ts";
import type { WorkerProcess, WorkerReport } from "../../src/bench/worker-watch.ts";
import { type LeanServer, serveLeanEcho } from "../../src/transport/lean-serve.ts";
import { parseTarget } from "../../src/transport/target.ts";

export type PlanOverrides = Partial<BenchPlan> & { readonly url?: string };

/** A small plan; what a test is about is given. */
export function benchPlan({ url = "ws://127.0.0.1:1/", ...plan }: PlanOverrides = {}): BenchPlan {
  return {
    dial: { target: parseTarget(url), connectTimeoutMs: 5000, handshakeTimeoutMs: 5000 },
    connections: 4,
    workers: 1,
    load: { model: "closed", inFlight: 1 },
    message: { kind: "text", length: 20 },
    length: { kind: "messages", count: 100 },
    warmupMs: 0,
    drainMs: 1000,
    ...plan,
  };
}

type Nested = "sockets" | "messages" | "traffic";
export type CountOverrides = Partial<Omit<Counts, Nested>> & {
  readonly [K in Nested]?: Partial<Counts[K]>;
};

/** Counts of a worker; what is not given is nothing. */
export function counts({ sockets, messages, traffic, ...rest }: CountOverrides = {}): Counts {
  const none = noCounts(0);
  return {
    ...none,
    ...rest,
    sockets: { ...none.sockets, ...sockets },
    messages: { ...none.messages, ...messages },
    traffic: { ...none.traffic, ...traffic },
  };
}

/** A histogram of latencies in ms. */
export function histogramOf(latenciesMs: readonly number[]) {
  const histogram = emptyHistogram();
  for (const ms of latenciesMs) histogram.recordValue(Math.round(ms * 1e6));
  return histogram;
}

export function workerReport(
  given: CountOverrides = {},
  latenciesMs: readonly number[] = [],
  rest: Partial<WorkerReport> = {},
): WorkerReport {
  return {
    counts: counts(given),
    latencies: histogramOf(latenciesMs),
    handshakes: histogramOf([]),
    connectMs: 0,
    ending: "completed",
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

const noHistogram = encodeHistogram(emptyHistogram());

export const told = {
  connected: (own: Counts): FromWorker => ({
    type: "connected",
    counts: own,
    handshakes: noHistogram,
    elapsedMs: 5,
  }),
  tick: (own: Counts, latencies: SparseCounts = [], phase: Phase = "measuring"): FromWorker => ({
    type: "tick",
    phase,
    counts: own,
    traffic: own.traffic,
    latencies,
  }),
  result: (own: Counts, latenciesMs: readonly number[] = []): FromWorker => ({
    type: "result",
    ending: "completed",
    counts: own,
    latencies: encodeHistogram(histogramOf(latenciesMs)),
  }),
};

/** An echo server in this process. */
export async function echoServer(): Promise<LeanServer> {
  const server = await serveLeanEcho();
  onTestFinished(() => server.close());
  return server;
}
