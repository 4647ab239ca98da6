import type { JsHistogram } from "hdr-histogram-js";
import type { Child } from "./child-process.ts";
import { mergeFailures } from "./failures.ts";
import type { Traffic } from "./load.ts";
import type { WorkerPlan } from "./plan.ts";
import { unreachable } from "../transport/events.ts";
import { decodeHistogram, emptyHistogram, Recorder, type SparseCounts } from "./recorder.ts";
import {
  type Counts,
  type Ending,
  type FromWorker,
  noCounts,
  type Phase,
  type ToWorker,
} from "./worker-protocol.ts";

export type WorkerProcess = Child<ToWorker, FromWorker>;

/** What became of a worker's part of the run. */
export interface WorkerReport {
  readonly counts: Counts;
  readonly latencies: JsHistogram;
  readonly handshakes: JsHistogram;
  readonly connectMs: number;
  readonly ending: Ending | "died";
  /** How it died, where it did: its last half second is not in the counts then. */
  readonly death?: string;
}

/** A worker tells something twice a second; one that is silent for so long hangs. */
const SILENCE_MS = 10_000;
/** How long a worker may take to close its sockets and go. */
const LINGER_MS = 3000;

/**
 * Follows one worker from its start to its end. Whatever it does – die, hang, tell nothing – both
 * promises are kept, and what it told before is in the report.
 */
export class WorkerWatch {
  /** Resolves when its handshakes have ended, or it has. */
  readonly connected: Promise<void>;
  /** Resolves when it has told its result, or died. */
  readonly finished: Promise<WorkerReport>;
  readonly #process: WorkerProcess;
  readonly #silenceMs: number;
  readonly #latencies = new Recorder();
  #recent: SparseCounts[] = [];
  #silence: NodeJS.Timeout | undefined;
  #handshakes = emptyHistogram();
  #connectMs = 0;

  phase: Phase = "connecting";
  counts: Counts;
  traffic: Traffic;

  constructor(process: WorkerProcess, plan: WorkerPlan, options: { silenceMs?: number } = {}) {
    this.#process = process;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.counts = noCounts(plan.connections);
    this.traffic = this.counts.traffic;
    let connected = (): void => undefined;
    this.connected = new Promise((resolve) => {
      connected = resolve;
    });
    this.finished = new Promise((resolve) => {
      process.onMessage((message) => {
        const report = this.#take(message);
        if (message.type !== "tick") connected();
        if (report) resolve(report);
      });
      void process.ended.then((how) => {
        connected();
        resolve(this.#reportDeath(how));
      });
    });
    void this.finished.then(() => clearTimeout(this.#silence));
    this.#listen();
    process.send({ type: "plan", plan });
  }

  go(): void {
    if (this.phase === "ready") this.phase = "warm-up";
    this.#process.send({ type: "go" });
  }

  stop(): void {
    this.#process.send({ type: "stop" });
  }

  kill(): void {
    this.#process.kill();
  }

  /** Latencies of the last second. */
  get recent(): readonly SparseCounts[] {
    return this.#recent;
  }

  /** Waits for the process to go, and ends it where that takes long. */
  async gone(): Promise<void> {
    const timer = setTimeout(() => this.#process.kill(), LINGER_MS);
    await this.#process.ended;
    clearTimeout(timer);
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#process.kill(), this.#silenceMs);
  }

  #take(message: FromWorker): WorkerReport | undefined {
    this.#listen();
    this.counts = message.counts;
    switch (message.type) {
      case "connected":
        this.phase = "ready";
        this.#handshakes = decodeHistogram(message.handshakes);
        this.#connectMs = message.elapsedMs;
        return undefined;
      case "tick":
        this.phase = message.phase;
        this.traffic = message.traffic;
        this.#latencies.add(message.latencies);
        this.#recent = [...this.#recent, message.latencies].slice(-2);
        return undefined;
      case "result":
        this.phase = "done";
        return { ...this.#common(decodeHistogram(message.latencies)), ending: message.ending };
      default:
        return unreachable(message);
    }
  }

  /** Its sockets died with it, and what was in flight on them is lost. */
  #reportDeath(how: string): WorkerReport {
    this.phase = "done";
    const { sockets, messages, breaks, ...counts } = this.counts;
    const died = {
      kind: "abnormal",
      code: "abnormal",
      message: `a worker process died (${how})`,
    } as const;
    this.counts = {
      ...counts,
      sockets: { ...sockets, open: 0 },
      messages: { ...messages, lost: messages.lost + messages.inFlight, inFlight: 0 },
      breaks:
        sockets.open > 0 ? mergeFailures([breaks, [{ ...died, count: sockets.open }]]) : breaks,
    };
    return { ...this.#common(this.#latencies.toHistogram()), ending: "died", death: how };
  }

  #common(latencies: JsHistogram) {
    const { counts } = this;
    return { counts, latencies, handshakes: this.#handshakes, connectMs: this.#connectMs };
  }
}
