import { usageError } from "../errors.ts";
import { unreachable } from "../transport/events.ts";
import type { Child } from "./child-process.ts";
import { mergeFailures } from "./failures.ts";
import { socketsOfStart, type WorkerPlan } from "./plan.ts";
import { Recordings } from "./recordings.ts";
import {
  type Counts,
  type FromWorker,
  noCounts,
  settle,
  type Phase,
  type Tick,
  type ToWorker,
  type WorkerEnding,
} from "./worker-protocol.ts";

export type WorkerProcess = Child<ToWorker, FromWorker>;

/** What became of a worker's part of the run. */
export interface WorkerReport {
  readonly counts: Counts;
  readonly recordings: Recordings;
  readonly connectMs: number;
  readonly ending: WorkerEnding | "died";
  /** How it died, where it did: its last half second is not in the counts then. */
  readonly death?: string;
}

export interface WatchOptions {
  readonly onTick?: (tick: Tick) => void;
  /** A worker tells something twice a second; one that is silent for so long hangs. */
  readonly silenceMs?: number | undefined;
}

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
  /** Resolves when it has told its result, or died; rejects where the plan cannot be run. */
  readonly finished: Promise<WorkerReport>;
  readonly #process: WorkerProcess;
  readonly #silenceMs: number;
  readonly #onTick: (tick: Tick) => void;
  readonly #recordings = new Recordings();
  #last: Tick | undefined;
  #silence: NodeJS.Timeout | undefined;
  #connectMs = 0;
  #counts: Counts;

  phase: Phase = "connecting";

  constructor(process: WorkerProcess, plan: WorkerPlan, options: WatchOptions = {}) {
    this.#process = process;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.#onTick = options.onTick ?? (() => undefined);
    this.#counts = noCounts(socketsOfStart(plan));
    let connected = (): void => undefined;
    this.connected = new Promise((resolve) => {
      connected = resolve;
    });
    this.finished = new Promise((resolve, reject) => {
      process.onMessage((message) => {
        this.#listen();
        if (message.type === "unfit") reject(usageError(message.message, message.hint));
        else if (message.type === "result") resolve(this.#report(message));
        else this.#take(message);
        if (message.type !== "tick") connected();
      });
      void process.ended.then((how) => {
        connected();
        // One that has told its result was to go.
        if (this.phase !== "done") resolve(this.#reportDeath(how));
      });
    });
    void this.finished.catch(() => undefined).then(() => clearTimeout(this.#silence));
    this.#listen();
    process.send({ type: "plan", plan });
  }

  get counts(): Counts {
    return this.#counts;
  }

  go(atMs: number): void {
    this.#process.send({ type: "go", atMs });
  }

  stop(): void {
    this.#process.send({ type: "stop" });
  }

  kill(): void {
    this.#process.kill();
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

  #take(message: Exclude<FromWorker, { type: "unfit" }>): void {
    const { tick } = message;
    this.#counts = tick.counts;
    this.phase = tick.phase;
    this.#last = tick;
    this.#recordings.add(tick.recorded);
    this.#onTick(tick);
    switch (message.type) {
      case "connected":
        this.#connectMs = message.connectMs;
        return;
      case "tick":
      case "result":
        return;
      default:
        unreachable(message);
    }
  }

  #report(message: Extract<FromWorker, { type: "result" }>): WorkerReport {
    this.#take(message);
    return { ...this.#common(), ending: message.ending };
  }

  /** Its sockets died with it, and what was in flight on them is lost. */
  #reportDeath(how: string): WorkerReport {
    this.phase = "done";
    const { sockets, messages, breaks, ...counts } = this.#counts;
    const message = `a worker process died (${how})`;
    const { open } = sockets;
    const died = { kind: "abnormal", code: "abnormal", message, count: open } as const;
    this.#counts = {
      ...counts,
      sockets: { ...sockets, open: 0, broken: sockets.broken + open },
      messages: settle({ ...messages, lost: messages.lost + messages.inFlight, inFlight: 0 }),
      breaks: open > 0 ? mergeFailures([breaks, [died]]) : breaks,
      grownBytes: 0,
    };
    if (this.#last) {
      this.#onTick({ ...this.#last, phase: "done", counts: this.#counts, recorded: {} });
    }
    return { ...this.#common(), ending: "died", death: how };
  }

  #common() {
    return { counts: this.#counts, recordings: this.#recordings, connectMs: this.#connectMs };
  }
}
