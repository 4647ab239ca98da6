/**
 * Counts latencies in the buckets of an HdrHistogram of 3 significant digits whose unit is 1 ns.
 *
 * 1. Such a histogram has 2048 buckets of 1 ns, then 1024 for each further power of two. So from 1024
 *    on the bucket of a value is its exponent and the first ten bits of its mantissa: the upper bits
 *    of a double as it stands in memory. Recording is a store, a load, a shift and an addition.
 * 2. What is recorded can be handed on in pieces, as pairs of bucket and count, which is cheap enough
 *    to do in the middle of a measurement.
 * 3. A process that only records loads no library for it; histograms are made of what it hands on.
 */
/** The greatest latency that has a bucket of its own. */
export const HIGHEST_NS = 2 ** 42 - 1;
const SLOTS = 33 * 1024;
/** Values below this have a bucket each; from half of it on the bits tell. */
const EXACT_BELOW = 2048;
const MANTISSA_BITS = 20;
const KEPT_BITS = 10;
const EXPONENT_BIAS = 1023;
/** What makes the upper bits of a double the index of a bucket. */
const INDEX_OFFSET = (EXPONENT_BIAS + KEPT_BITS - 1) << KEPT_BITS;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const UPPER_WORD = new Uint8Array(Float64Array.of(-0).buffer)[7] === 0x80 ? 1 : 0;

/** The bucket of a latency in nanoseconds. Above 73 minutes all share the last one. */
export function bucketOf(ns: number): number {
  if (ns < EXACT_BELOW) return ns > 0 ? Math.trunc(ns) : 0;
  double[0] = ns < HIGHEST_NS ? ns : HIGHEST_NS;
  return ((words[UPPER_WORD] ?? 0) >>> (MANTISSA_BITS - KEPT_BITS)) - INDEX_OFFSET;
}

/** The least latency of a bucket, in nanoseconds. */
export function valueOf(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  const exponent = (bucket >>> KEPT_BITS) - 1;
  return ((bucket & (2 ** KEPT_BITS - 1)) + 2 ** KEPT_BITS) * 2 ** exponent;
}

/** Buckets and their counts by turns: `[bucket, count, bucket, count, …]`. */
export type SparseCounts = readonly number[];

export class Recorder {
  readonly #counts = new Float64Array(SLOTS);
  #total = 0;
  #lowest = SLOTS;
  #highest = -1;

  /** How many latencies are recorded. */
  get total(): number {
    return this.#total;
  }

  record(ns: number, count = 1): void {
    this.#add(bucketOf(ns), count);
  }

  add(counts: SparseCounts): void {
    for (let i = 0; i + 1 < counts.length; i += 2) this.#add(counts[i] ?? 0, counts[i + 1] ?? 0);
  }

  /** Gives what is recorded, and starts anew. */
  take(): SparseCounts {
    const taken = this.sparse();
    this.#counts.fill(0, this.#lowest, this.#highest + 1);
    this.#total = 0;
    this.#lowest = SLOTS;
    this.#highest = -1;
    return taken;
  }

  sparse(): SparseCounts {
    const found: number[] = [];
    for (let bucket = this.#lowest; bucket <= this.#highest; bucket++) {
      const count = this.#counts[bucket] ?? 0;
      if (count > 0) found.push(bucket, count);
    }
    return found;
  }

  #add(bucket: number, count: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#total += count;
    if (bucket < this.#lowest) this.#lowest = bucket;
    if (bucket > this.#highest) this.#highest = bucket;
  }
}
