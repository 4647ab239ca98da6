import type { JsHistogram } from "hdr-histogram-js";

/** Latencies in numbers, in ms. */
export interface LatencySummary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p99_9: number;
  readonly p99_99: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
}

const NS_PER_MS = 1e6;

/** The numbers of a histogram whose unit is 1 ns; undefined where it is empty. */
export function summarizeLatency(histogram: JsHistogram): LatencySummary | undefined {
  if (histogram.totalCount === 0) return undefined;
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / NS_PER_MS;
  const { mean, stddev } = momentsOf(histogram);
  return {
    count: histogram.totalCount,
    min: leastOf(histogram) / NS_PER_MS,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p99_9: at(99.9),
    p99_99: at(99.99),
    // The end of its bucket, as a histogram that has been encoded knows no more.
    max: histogram.highestEquivalentValue(histogram.maxValue) / NS_PER_MS,
    mean: mean / NS_PER_MS,
    stddev: stddev / NS_PER_MS,
  };
}

/**
 * What the histogram itself tells as `mean` and `stdDeviation`, to the last bit. Those take some ten
 * milliseconds, and a run has a histogram for each of hundreds of rows.
 */
function momentsOf(histogram: JsHistogram): { readonly mean: number; readonly stddev: number } {
  const values: number[] = [];
  const counts: number[] = [];
  for (let bucket = 0; bucket < histogram.countsArrayLength; bucket++) {
    const count = histogram.getCountAtIndex(bucket);
    if (count === 0) continue;
    values.push(histogram.medianEquivalentValue(histogram.valueFromIndex(bucket)));
    counts.push(count);
  }
  const total = histogram.totalCount;
  const mean = values.reduce((sum, value, i) => sum + value * (counts[i] ?? 0), 0) / total;
  const squares = values.reduce((sum, value, i) => {
    const deviation = value - mean;
    return sum + deviation * deviation * (counts[i] ?? 0);
  }, 0);
  return { mean, stddev: Math.sqrt(squares / total) };
}

function leastOf(histogram: JsHistogram): number {
  return histogram.getCountAtIndex(0) > 0 ? 0 : histogram.minNonZeroValue;
}

/** Latencies from `fromMs` up to, not including, `toMs`. */
export interface Bin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** Series of preferred numbers, the finest first: even steps on a logarithmic scale. */
const SERIES: readonly (readonly number[])[] = [
  [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.24, 2.5, 2.8, 3.15, 3.55, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9],
  [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8],
  [1, 1.6, 2.5, 4, 6.3],
  [1, 2, 5],
  [1],
];
const MAX_BINS = 14;

/** Latencies in bins on a logarithmic scale: as fine as some lines of text can show. */
export function binLatencies(histogram: JsHistogram): Bin[] {
  if (histogram.totalCount === 0) return [];
  // What is counted below is the middle of each bucket of the histogram.
  const min = histogram.medianEquivalentValue(leastOf(histogram));
  const max = Math.max(1, histogram.medianEquivalentValue(histogram.maxValue));
  const bounds = SERIES.map((series) => boundsOf(series, min, max));
  const chosen = bounds.find((list) => list.length - 1 <= MAX_BINS) ?? bounds.at(-1) ?? [];
  const counts = countBetween(histogram, chosen);
  return counts.map((count, i) => ({
    fromMs: (chosen[i] ?? 0) / NS_PER_MS,
    toMs: (chosen[i + 1] ?? 0) / NS_PER_MS,
    count,
  }));
}

/** The numbers of a series from the last one at or below `min` to the first one above `max`. */
function boundsOf(series: readonly number[], min: number, max: number): number[] {
  const all: number[] = [];
  for (let decade = 1; decade <= max * 10; decade *= 10) {
    for (const step of series) all.push(step * decade);
  }
  const first = Math.max(
    0,
    all.findLastIndex((bound) => bound <= min),
  );
  const last = all.findIndex((bound) => bound > max);
  return all.slice(first, last + 1);
}

function countBetween(histogram: JsHistogram, bounds: readonly number[]): number[] {
  const counts = bounds.slice(1).map(() => 0);
  let bin = 0;
  for (let index = 0; index < histogram.countsArrayLength; index++) {
    const count = histogram.getCountAtIndex(index);
    if (count === 0) continue;
    const value = histogram.medianEquivalentValue(histogram.valueFromIndex(index));
    while (bin < counts.length - 1 && value >= (bounds[bin + 1] ?? 0)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + count;
  }
  return counts;
}
