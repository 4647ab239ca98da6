/** Round trips in numbers, in ms. */
export interface RoundTripSummary {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Each bucket reaches so much farther than the one before: a percentile is off by 0.5 % at most. */
const STEP = Math.log(1.01);
/** Shorter ones share a bucket: a microsecond. */
const LEAST_MS = 0.001;

/**
 * A histogram of round trips. It has buckets only where something fell, of which all the times there
 * can be make some 3000; the least, the greatest and the mean are exact. A library that counts finer
 * takes 50 ms and more to load, which a session that sends a ping a minute has no use for.
 */
export class RoundTripTimes {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  record(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, LEAST_MS)) / STEP);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count += 1;
    this.#sum += ms;
    this.#min = Math.min(this.#min, ms);
    this.#max = Math.max(this.#max, ms);
  }

  /** Undefined where there was none. */
  get summary(): RoundTripSummary | undefined {
    if (this.#count === 0) return undefined;
    const [p50 = 0, p90 = 0, p99 = 0] = [0.5, 0.9, 0.99].map((share) => this.#percentile(share));
    const [min, max] = [this.#min, this.#max];
    return { count: this.#count, min, mean: this.#sum / this.#count, p50, p90, p99, max };
  }

  /** The least time that this share of all does not exceed. */
  #percentile(share: number): number {
    let left = Math.ceil(share * this.#count);
    for (const [bucket, count] of [...this.#buckets].toSorted(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, Math.max(this.#min, Math.exp(bucket * STEP)));
    }
    return this.#max;
  }
}
