/** Sizes or times in numbers, in their own unit. */
export interface HistogramSummary {
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
/** Smaller ones share a bucket: a microsecond, where milliseconds are counted. */
const LEAST = 0.001;

/**
 * A histogram of sizes or times. It has buckets only where something fell, of which there can be
 * some 4000; the least, the greatest and the mean are exact. A library that counts finer takes 50 ms
 * and more to load, which a session that sends a ping a minute has no use for.
 */
export class LogHistogram {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  record(value: number): void {
    const bucket = Math.round(Math.log(Math.max(value, LEAST)) / STEP);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count += 1;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** Undefined where there was none. */
  get summary(): HistogramSummary | undefined {
    if (this.#count === 0) return undefined;
    const sorted = [...this.#buckets].toSorted(([a], [b]) => a - b);
    const [p50 = 0, p90 = 0, p99 = 0] = [0.5, 0.9, 0.99].map((share) =>
      this.#percentile(share, sorted),
    );
    const [min, max] = [this.#min, this.#max];
    return { count: this.#count, min, mean: this.#sum / this.#count, p50, p90, p99, max };
  }

  /** The least value that this share of all does not exceed. */
  #percentile(
    share: number,
    sorted: readonly (readonly [bucket: number, count: number])[],
  ): number {
    let left = Math.ceil(share * this.#count);
    for (const [bucket, count] of sorted) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, Math.max(this.#min, Math.exp(bucket * STEP)));
    }
    return this.#max;
  }
}
