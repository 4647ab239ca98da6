import type { Agenda } from "./agenda.ts";
import { Dispatch, type Sender } from "./dispatch.ts";
import type { Load } from "./load.ts";
import { Pacer } from "./pacer.ts";
import type { WorkerPlan } from "./plan.ts";
import { Waker } from "./waker.ts";

export interface DriveOptions {
  readonly plan: Pick<WorkerPlan, "load" | "phase" | "measure">;
  readonly load: Load;
  /** Who takes the messages of an open model; may change at any time. */
  readonly senders: readonly Sender[];
  /** Who pauses before the next message. */
  readonly agenda: Agenda<Sender>;
  readonly random: () => number;
  /** Told of time in which the process turned for nothing. */
  readonly spared: (ms: number) => void;
}

const ROUNDING_MS = 1e-6;

/** Lets what is due happen when it is due: the schedule of an open model, and pauses that end. */
export class Drive {
  readonly #options: DriveOptions;
  readonly #pacer: Pacer | undefined;
  readonly #dispatch: Dispatch | undefined;
  readonly #waker: Waker;
  #until = Number.POSITIVE_INFINITY;

  /** @param startMs when the schedule begins */
  constructor(options: DriveOptions, startMs: number) {
    this.#options = options;
    const { plan, load, senders, random, spared } = options;
    if (plan.load.model === "open") {
      const { arrival } = plan.load;
      const pace = { arrival, phase: plan.phase, startMs, random };
      this.#pacer = new Pacer({ ...pace, ratePerSecond: this.#ratePerSecond });
      this.#dispatch = new Dispatch(this.#pacer, senders, load);
    }
    this.#waker = new Waker({
      pump: (now) => this.#pump(now),
      now: load.now,
      activity: () => load.bytesIn + load.bytesOut,
      spared,
      exact: plan.measure !== "hold",
    });
    options.agenda.onSooner = (at) => this.#waker.wakeAt(at);
  }

  start(): void {
    this.#waker.wake();
  }

  /** Nothing is planned for this moment or a later one, whichever way it was rounded. */
  endAt(ms: number): void {
    this.#until = ms - ROUNDING_MS;
  }

  /** The number of senders is another: where each has a rate, so is the sum. */
  sendersChanged(): void {
    const { plan, load } = this.#options;
    if (plan.load.model !== "open" || plan.load.per !== "socket") return;
    this.#pacer?.setRate(this.#ratePerSecond, load.now());
    this.#waker.wake();
  }

  /** Plans what is due by now, also where its moment was missed. */
  catchUp(): void {
    const now = this.#options.load.now();
    this.#dispatch?.pump(now, Math.min(now, this.#until));
  }

  stop(): void {
    this.#waker.stop();
  }

  get #ratePerSecond(): number {
    const { load } = this.#options.plan;
    if (load.model === "closed") return 0;
    return load.ratePerSecond * (load.per === "socket" ? this.#options.senders.length : 1);
  }

  /** Does what is due; gives when something is next. */
  #pump(now: number): number {
    const { agenda } = this.#options;
    while (agenda.next <= now) {
      const dueAt = agenda.next;
      const user = agenda.take();
      user?.plan(dueAt);
      user?.flush(now);
    }
    this.#dispatch?.pump(now, Math.min(now, this.#until));
    const next = this.#dispatch?.next ?? Number.POSITIVE_INFINITY;
    return Math.min(agenda.next, next < this.#until ? next : Number.POSITIVE_INFINITY);
  }
}
