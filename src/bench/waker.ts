/** How long before its moment a timer is left for turns of the event loop, which are exact. */
const SPIN_MS = 2;
/** A timer that is to wait longer would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface WakerOptions {
  /** Does what is due; gives when next to be called, or infinity. */
  readonly pump: (now: number) => number;
  readonly now: () => number;
  /** A number that changes whenever the process does something; idle turns are told apart by it. */
  readonly activity: () => number;
  /** Told of time in which the loop turned for nothing. */
  readonly spared: (ms: number) => void;
  /** Where false, a timer is exact enough. */
  readonly exact: boolean;
}

/**
 * Calls `pump` at the moments it asks for. Node's timers are exact to a millisecond or two, which
 * would show as latency of what is measured. So a timer ends shortly before, and the rest of the time
 * the event loop turns without waiting – sockets are served all the while. What it turns for nothing
 * is counted as spare.
 */
export class Waker {
  readonly #options: WakerOptions;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #next = Number.POSITIVE_INFINITY;
  #turnedAt = 0;
  #activity = 0;
  #stopped = false;

  constructor(options: WakerOptions) {
    this.#options = options;
  }

  /** Does what is due now: something may be that was not known. */
  wake(): void {
    if (this.#stopped) return;
    const now = this.#options.now();
    this.#pump(now);
    this.#arm(now);
  }

  /** Something is due at a moment, which may be earlier than all that was known. Does nothing yet. */
  wakeAt(at: number): void {
    if (at >= this.#next) return;
    this.#next = at;
    this.#arm(this.#options.now());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #arm(now: number): void {
    clearTimeout(this.#timer);
    const waitMs = this.#next - now;
    if (this.#stopped || waitMs === Number.POSITIVE_INFINITY) return;
    if (!this.#options.exact) this.#afterMs(Math.max(1, Math.ceil(waitMs)), () => this.wake());
    else if (waitMs > SPIN_MS) this.#afterMs(Math.floor(waitMs - SPIN_MS), () => this.#spin());
    else this.#spin();
  }

  #afterMs(ms: number, act: () => void): void {
    this.#timer = setTimeout(act, Math.min(ms, MAX_TIMER_MS));
  }

  /** What becomes due meanwhile shows in what `pump` gives. */
  #pump(now: number): void {
    this.#next = Number.NEGATIVE_INFINITY;
    this.#next = this.#options.pump(now);
  }

  #spin(): void {
    if (!this.#immediate) this.#turnFrom(this.#options.now());
  }

  #turnFrom(now: number): void {
    this.#turnedAt = now;
    this.#activity = this.#options.activity();
    this.#immediate = setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#immediate = undefined;
    const { now, activity, spared } = this.#options;
    rest();
    const at = now();
    if (activity() === this.#activity) spared(at - this.#turnedAt);
    if (at >= this.#next) this.#pump(at);
    if (this.#stopped) return;
    if (this.#next - at > SPIN_MS) this.#arm(at);
    else this.#turnFrom(at);
  };
}

/** A cell that nobody else knows: to read it is work that no compiler leaves out. */
const CELL = new Int32Array(new SharedArrayBuffer(4));
/** Some ten microseconds. */
const REST_READS = 2000;

/**
 * Lets a little time go by without asking what it is: turns that follow each other at once leave ten
 * times as much garbage, whose collection holds up what is due, and ask the system as often what is
 * ready.
 */
function rest(): void {
  for (let i = 0; i < REST_READS; i++) Atomics.load(CELL, 0);
}
