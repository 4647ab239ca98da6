/** How long before its moment a timer is left for turns of the event loop, which are exact. */
const SPIN_MS = 2;

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

  /** Something may be due earlier than was known. */
  wake(): void {
    const now = this.#options.now();
    this.#next = this.#options.pump(now);
    this.#arm(now);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #arm(now: number): void {
    clearTimeout(this.#timer);
    const wait = this.#next - now;
    if (this.#stopped || wait === Number.POSITIVE_INFINITY) return;
    if (!this.#options.exact) {
      this.#timer = setTimeout(() => this.wake(), Math.max(1, Math.ceil(wait)));
    } else if (wait > SPIN_MS) {
      this.#timer = setTimeout(() => this.#spin(), Math.floor(wait - SPIN_MS));
    } else {
      this.#spin();
    }
  }

  #spin(): void {
    if (this.#immediate) return;
    this.#turnedAt = this.#options.now();
    this.#activity = this.#options.activity();
    this.#immediate = setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#immediate = undefined;
    const { now, activity, pump, spared } = this.#options;
    const at = now();
    if (activity() === this.#activity) spared(at - this.#turnedAt);
    if (at >= this.#next) this.#next = pump(at);
    if (this.#stopped) return;
    if (this.#next - at > SPIN_MS) return this.#arm(at);
    this.#turnedAt = at;
    this.#activity = activity();
    this.#immediate = setImmediate(this.#turn);
  };
}
