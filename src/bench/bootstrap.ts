import { answersIn } from "./answer-rate.ts";
import { decodeCounts } from "./encoded-counts.ts";
import { emptyHistogram } from "./histogram.ts";
import type { Interval, Measure } from "./result.ts";

/**
 * What a run would have shown had its seconds come otherwise: its counted intervals, drawn anew with
 * replacement, as often as there are.
 *
 * 1. Intervals that follow each other may be alike: a slow minute, a collection of garbage every ten
 *    seconds. Then drawing them one by one makes a run look steadier than it is. Where their rates or
 *    means go together more than chance explains, blocks of neighbours are drawn, as long as Carlstein's
 *    rule for such a series says; the last is followed by the first.
 * 2. For each bucket the counts up to it are kept of every interval, so that a percentile of any draw
 *    is found by halving: some thousand multiplications, however many messages there were.
 */
export interface Sample {
  /** Intervals that follow each other and are drawn together. */
  readonly blockLength: number;
  /** What is drawn independently: whole blocks. */
  readonly blocks: number;
  /** The figures with each interval as often as told. */
  figures(times: readonly number[]): Figures;
  /** How often a draw takes each interval. */
  draw(random: () => number): number[];
  /** Each interval once. */
  readonly all: readonly number[];
}

/** By name: `throughput`, `mean`, and percentiles such as `p99.9`; NaN where there is none. */
export type Figures = ReadonlyMap<string, number>;

/** Neighbours are joined beyond so many, which bounds time and memory. */
const MAX_INTERVALS = 240;

/** @param intervals the counted ones of a run, at least one */
export function sampleOf(
  intervals: readonly Interval[],
  measure: Measure,
  percentiles: readonly number[],
): Sample {
  const pieces = joinNeighbours(intervals.map((interval) => pieceOf(interval, measure)));
  const distribution = new Distribution(pieces);
  const blockLength = blockLengthOf(pieces);
  return {
    blockLength,
    blocks: Math.floor(pieces.length / blockLength),
    all: pieces.map(() => 1),
    draw: (random) => drawBlocks(pieces.length, blockLength, random),
    figures: (times) =>
      new Map([
        ["throughput", weigh(pieces, times, "answers") / (weigh(pieces, times, "ms") / 1000)],
        ...percentiles.map((p): [string, number] => [`p${p}`, distribution.percentile(p, times)]),
        ["mean", weigh(pieces, times, "sumMs") / weigh(pieces, times, "count")],
      ]),
  };
}

/** What is drawn: an interval, or some neighbours. */
interface Piece {
  readonly ms: number;
  readonly answers: number;
  /** Of the latencies. */
  readonly count: number;
  readonly sumMs: number;
  readonly counts: ReadonlyMap<number, number>;
}

function pieceOf(interval: Interval, measure: Measure): Piece {
  const { startMs, endMs, latency } = interval;
  const sparse = latency ? decodeCounts(latency.encoded) : [];
  const counts = new Map<number, number>();
  for (let i = 0; i + 1 < sparse.length; i += 2) counts.set(sparse[i] ?? 0, sparse[i + 1] ?? 0);
  return {
    ms: endMs - startMs,
    answers: answersIn(interval, measure),
    count: latency?.count ?? 0,
    sumMs: (latency?.mean ?? 0) * (latency?.count ?? 0),
    counts,
  };
}

function joinNeighbours(pieces: readonly Piece[]): Piece[] {
  const each = Math.ceil(pieces.length / MAX_INTERVALS);
  const joined: Piece[] = [];
  for (let i = 0; i < pieces.length; i += each) {
    joined.push(pieces.slice(i, i + each).reduce((a, b) => join(a, b)));
  }
  return joined;
}

function join(a: Piece, b: Piece): Piece {
  const counts = new Map(a.counts);
  for (const [bucket, count] of b.counts) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return {
    ms: a.ms + b.ms,
    answers: a.answers + b.answers,
    count: a.count + b.count,
    sumMs: a.sumMs + b.sumMs,
    counts,
  };
}

function weigh(
  pieces: readonly Piece[],
  times: readonly number[],
  of: "ms" | "answers" | "count" | "sumMs",
): number {
  let sum = 0;
  for (const [index, piece] of pieces.entries()) sum += piece[of] * (times[index] ?? 0);
  return sum;
}

/** Counts up to each bucket, of all pieces side by side. */
class Distribution {
  readonly #pieces: number;
  /** The value that a bucket stands for: its upper end, as in all percentiles. */
  readonly #values: readonly number[];
  readonly #upTo: Float64Array;

  constructor(pieces: readonly Piece[]) {
    const used = new Set(pieces.flatMap(({ counts }) => [...counts.keys()]));
    const buckets = [...used].toSorted((a, b) => a - b);
    const scale = emptyHistogram();
    this.#pieces = pieces.length;
    this.#values = buckets.map(
      (bucket) => scale.highestEquivalentValue(scale.valueFromIndex(bucket)) / 1e6,
    );
    this.#upTo = new Float64Array(buckets.length * pieces.length);
    for (const [piece, { counts }] of pieces.entries()) {
      let total = 0;
      for (const [row, bucket] of buckets.entries()) {
        total += counts.get(bucket) ?? 0;
        this.#upTo[row * pieces.length + piece] = total;
      }
    }
  }

  percentile(percentile: number, times: readonly number[]): number {
    let [low, high] = [0, this.#values.length - 1];
    const total = high < 0 ? 0 : this.#countUpTo(high, times);
    if (total === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil((percentile / 100) * total - 1e-6));
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#countUpTo(middle, times) >= wanted) high = middle;
      else low = middle + 1;
    }
    return this.#values[low] ?? Number.NaN;
  }

  #countUpTo(row: number, times: readonly number[]): number {
    const from = row * this.#pieces;
    let count = 0;
    for (let piece = 0; piece < this.#pieces; piece++) {
      count += (this.#upTo[from + piece] ?? 0) * (times[piece] ?? 0);
    }
    return count;
  }
}

function drawBlocks(pieces: number, blockLength: number, random: () => number): number[] {
  const times = Array.from({ length: pieces }, () => 0);
  for (let drawn = 0; drawn < pieces;) {
    const first = Math.floor(random() * pieces);
    for (let i = 0; i < blockLength && drawn < pieces; i++, drawn++) {
      const index = (first + i) % pieces;
      times[index] = (times[index] ?? 0) + 1;
    }
  }
  return times;
}

/** No block is longer than a quarter of the run, so that there are some to draw from. */
function blockLengthOf(pieces: readonly Piece[]): number {
  const rates = pieces.map(({ answers, ms }) => answers / ms);
  const means = pieces.filter(({ count }) => count > 0).map(({ sumMs, count }) => sumMs / count);
  const correlation = Math.max(autocorrelation(rates), autocorrelation(means));
  if (correlation < 2 / Math.sqrt(pieces.length)) return 1;
  const likeness = (Math.sqrt(6) * correlation) / (1 - correlation ** 2);
  const length = Math.round(likeness ** (2 / 3) * Math.cbrt(pieces.length));
  return Math.max(1, Math.min(length, Math.floor(pieces.length / 4)));
}

/** How much each value goes with the one before: 0 not at all, up to 1. */
export function autocorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const away = values.map((value) => value - mean);
  const variance = away.reduce((sum, value) => sum + value ** 2, 0);
  const together = away.slice(1).reduce((sum, value, i) => sum + value * (away[i] ?? 0), 0);
  // Equal values are not quite their mean.
  const varies = variance > values.length * (mean * 1e-9) ** 2;
  return varies ? Math.max(0, together / variance) : 0;
}
