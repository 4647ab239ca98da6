import type { Clock } from "../../clock.ts";

/** How many messages a client may send in a time. */
export interface RateOptions {
  readonly count: number;
  readonly periodMs: number;
}

/** `count` messages at once, which grow back over the period, evenly. */
export class Allowance {
  readonly #rate: RateOptions;
  readonly #clock: Clock;
  #left: number;
  #atMs: number;

  constructor(rate: RateOptions, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#left = rate.count;
    this.#atMs = millis(clock);
  }

  /** When it was last asked, in milliseconds of the clock. */
  get atMs(): number {
    return this.#atMs;
  }

  /** How long it takes until there is one again. */
  get waitMs(): number {
    const { count, periodMs } = this.#rate;
    return Math.ceil(((1 - this.#left) / count) * periodMs);
  }

  /** Takes one. @returns false where none is left */
  take(): boolean {
    const { count, periodMs } = this.#rate;
    const now = millis(this.#clock);
    this.#left = Math.min(count, this.#left + ((now - this.#atMs) / periodMs) * count);
    this.#atMs = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

function millis(clock: Clock): number {
  return Number(clock.now().ns) / 1e6;
}
