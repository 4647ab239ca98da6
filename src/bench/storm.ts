import type { Dialer } from "./dialer.ts";
import type { Sender } from "./dispatch.ts";
import type { Field } from "./field.ts";
import type { Load } from "./load.ts";
import { SendTimes } from "./send-times.ts";
import { StormUser } from "./storm-user.ts";
import type { User } from "./user.ts";

export interface StormPlan {
  /** Handshakes that are under way at a time at most. */
  readonly connections: number;
  readonly firstSocket: number;
}

export interface StormOptions {
  readonly plan: StormPlan;
  readonly dialer: Dialer;
  readonly load: Load;
  readonly model: "closed" | "open";
  /** Told when a handshake has failed. */
  readonly onFailed: () => void;
}

/**
 * A storm of handshakes: each socket is closed as soon as it is open. In the closed model each of a
 * number of places opens the next one when the one before is gone; in the open model handshakes are
 * begun when they are planned, as far as there is a free place.
 */
export class Storm implements Field, Sender {
  readonly senders: readonly Sender[] = [this];
  readonly users: readonly User[] = [];
  readonly bufferedBytes = 0;
  readonly #options: StormOptions;
  /** What waits for a free place. */
  readonly #due = new SendTimes();
  /** What is under way, by when it was due. */
  readonly #flight = new Map<StormUser, number>();
  /** Places that are taken. */
  #busy = 0;
  #begun = 0;
  /** Told to close as soon as they were open, and perhaps not gone yet. */
  #closed = 0;
  /** Of these, those that are there. */
  #leaving = 0;
  #peak = 0;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  get counts() {
    const { attempted, opened, failed, aborted, underWay } = this.#options.dialer.counts;
    return {
      attempted,
      opened,
      failed,
      unfinished: aborted + underWay,
      open: opened - this.#closed,
      closed: this.#closed,
      broken: 0,
    };
  }

  get peak(): number {
    return this.#peak;
  }

  /** Handshakes of the measured window that are under way. */
  get inFlight(): number {
    const { windowStart } = this.#options.load;
    let count = 0;
    for (const dueAt of this.#flight.values()) if (dueAt >= windowStart) count += 1;
    return count;
  }

  get mayGrow(): boolean {
    return this.#busy > 0 || !this.#options.dialer.isHopeless;
  }

  /** Nothing is open before it begins. */
  open(): Promise<void> {
    return Promise.resolve();
  }

  flush(): void {}

  /** Told to nobody: a socket of a storm ends by itself. */
  ended(): boolean {
    return false;
  }

  /** In the closed model all places begin. */
  start(now: number): void {
    const { model, plan } = this.#options;
    if (model === "closed") for (let i = 0; i < plan.connections; i++) this.plan(now);
  }

  /** A handshake is due. */
  plan(dueAt: number): void {
    const { load, plan } = this.#options;
    if (load.plan(dueAt, 1) === 0) return;
    if (this.#busy < plan.connections) void this.#open(dueAt);
    else this.#due.add(dueAt, dueAt, 1);
  }

  /** What was due and found no place never will. */
  stop(): void {
    while (this.#due.waiting > 0) this.#options.load.unsent(this.#takeDue(), 1);
  }

  end(): void {
    this.#options.dialer.abort();
  }

  async #open(dueAt: number): Promise<void> {
    const { load, plan, dialer, onFailed } = this.#options;
    const at = load.now();
    const user = new StormUser(load);
    const socket = plan.firstSocket + this.#begun;
    this.#begun += 1;
    this.#busy += 1;
    this.#flight.set(user, dueAt);
    load.sent(dueAt, at, 1);
    const attempt = await dialer.dial(user, socket);
    this.#flight.delete(user);
    if (attempt === "opened") {
      this.#closed += 1;
      const now = load.now();
      load.served(dueAt, at, now);
      load.answered(dueAt, now, 1);
      await this.#untilGone(user);
    } else {
      load.lost(dueAt, 1);
    }
    this.#busy -= 1;
    if (!dialer.isHopeless) this.#next();
    if (attempt === "failed") onFailed();
  }

  async #untilGone(user: StormUser): Promise<void> {
    this.#leaving += 1;
    this.#peak = Math.max(this.#peak, this.#leaving);
    await user.gone();
    this.#leaving -= 1;
  }

  #next(): void {
    const { model, load } = this.#options;
    if (this.#due.waiting > 0) void this.#open(this.#takeDue());
    else if (model === "closed") this.plan(load.now());
  }

  #takeDue(): number {
    const dueAt = this.#due.oldestDue;
    this.#due.take(1);
    return dueAt;
  }
}
