/** How values are spread, in numbers. */
export interface SpreadSummary {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Values that share a bucket differ by so much at most: a percentile is off by 1 % at most. */
const STEP = Math.log(1.02);
/** Smaller ones share a bucket. */
const LEAST = 0.001;

/**
 * A histogram of sizes or times. It has buckets only where something fell, of which there can be
 * some two thousand; the least, the greatest and the mean are exact.
 */
export class Spread {
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
  get summary(): SpreadSummary | undefined {
    if (this.#count === 0) return undefined;
    const [p50 = 0, p90 = 0, p99 = 0] = this.#percentiles([0.5, 0.9, 0.99]);
    const [min, max] = [this.#min, this.#max];
    return { count: this.#count, min, mean: this.#sum / this.#count, p50, p90, p99, max };
  }

  /** The least values that these shares of all do not exceed. */
  #percentiles(shares: readonly number[]): number[] {
    const sorted = [...this.#buckets].toSorted(([a], [b]) => a - b);
    return shares.map((share) => {
      let left = Math.ceil(share * this.#count);
      for (const [bucket, count] of sorted) {
        left -= count;
        if (left <= 0) return Math.min(this.#max, Math.max(this.#min, Math.exp(bucket * STEP)));
      }
      return this.#max;
    });
  }
}
