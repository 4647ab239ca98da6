import type { Dialer } from "./dialer.ts";
import type { Sender } from "./dispatch.ts";
import type { Field } from "./field.ts";
import type { Load } from "./load.ts";
import { StormUser } from "./storm-user.ts";

export interface StormPlan {
  /** Handshakes that are under way at a time at most. */
  readonly connections: number;
  readonly firstSocket: number;
}

/**
 * A storm of handshakes: each socket is closed as soon as it is open. In the closed model each of a
 * number of places opens the next one when the one before is gone; in the open model handshakes are
 * begun when they are planned, as far as there is a free place.
 */
export class Storm implements Field, Sender {
  readonly #plan: StormPlan;
  readonly #dialer: Dialer;
  readonly #load: Load;
  readonly #due: number[] = [];
  /** What is under way, by when it was due. */
  readonly #flight = new Map<StormUser, number>();
  #busy = 0;
  #begun = 0;
  #closedByUs = 0;
  #peak = 0;
  readonly #closed: boolean;

  constructor(plan: StormPlan, dialer: Dialer, load: Load, model: "closed" | "open") {
    this.#plan = plan;
    this.#dialer = dialer;
    this.#load = load;
    this.#closed = model === "closed";
  }

  get counts() {
    const { attempted, opened, failed, aborted, underWay } = this.#dialer.counts;
    const open = opened - this.#closedByUs;
    return {
      attempted,
      opened,
      failed,
      unfinished: aborted + underWay,
      open,
      closed: this.#closedByUs,
      broken: 0,
    };
  }

  get peak(): number {
    return this.#peak;
  }

  /** Handshakes of the measured window that are under way. */
  get inFlight(): number {
    const { windowStart } = this.#load;
    let count = 0;
    for (const dueAt of this.#flight.values()) if (dueAt >= windowStart) count += 1;
    return count;
  }

  get mayGrow(): boolean {
    return true;
  }

  get senders(): readonly Sender[] {
    return [this];
  }

  /** Nothing is open before it begins. */
  open(): Promise<void> {
    return Promise.resolve();
  }

  flush(): void {}

  /** In the closed model all places begin. */
  start(now: number): void {
    if (this.#closed) for (let i = 0; i < this.#plan.connections; i++) this.plan(now);
  }

  /** A handshake is due. */
  plan(dueAt: number): void {
    if (this.#load.plan(dueAt, 1) === 0) return;
    if (this.#busy < this.#plan.connections) void this.#open(dueAt);
    else this.#due.push(dueAt);
  }

  /** What was due and found no place never will. */
  stop(): void {
    for (const dueAt of this.#due.splice(0)) this.#load.unsent(dueAt, 1);
  }

  end(): void {
    this.#dialer.abort();
  }

  async #open(dueAt: number): Promise<void> {
    const { now } = this.#load;
    const at = now();
    const user = new StormUser(this.#load);
    this.#busy += 1;
    this.#peak = Math.max(this.#peak, this.#busy);
    this.#flight.set(user, dueAt);
    this.#load.sent(dueAt, at, 1);
    const socket = this.#plan.firstSocket + this.#begun;
    this.#begun += 1;
    const attempt = await this.#dialer.dial(user, socket);
    this.#flight.delete(user);
    if (attempt === "opened") {
      // It has been told to close already.
      this.#closedByUs += 1;
      this.#load.answered(dueAt, at, now(), 1);
      await user.gone();
    } else {
      this.#load.lost(dueAt, 1);
    }
    this.#busy -= 1;
    this.#next();
  }

  #next(): void {
    const dueAt = this.#due.shift();
    if (dueAt !== undefined) void this.#open(dueAt);
    else if (this.#closed) this.plan(this.#load.now());
  }
}
