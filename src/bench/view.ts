import type { JsHistogram } from "hdr-histogram-js";
import { type Bin, binLatencies } from "./distribution.ts";
import { type Errors, errorsByKind } from "./figures.ts";
import { decodeHistogram } from "./histogram.ts";
import { type BenchResult, HISTOGRAM_NAMES, type HistogramName } from "./result.ts";

/** A result, what follows from it, and the curves that its histograms hold in their encoded form. */
export interface BenchView {
  readonly result: BenchResult;
  readonly errors: Errors;
  readonly curves: Readonly<Partial<Record<HistogramName, Curves>>>;
}

export interface Curves {
  readonly bins: readonly Bin[];
  readonly percentiles: readonly PercentilePoint[];
}

/** `share` (0–1) of the values are at or below `ms`. */
export interface PercentilePoint {
  readonly share: number;
  readonly ms: number;
}

/** Points for each time that what lies beyond them halves: even steps on a logarithmic scale. */
const STEPS_PER_HALVING = 5;

export function viewOf(result: BenchResult): BenchView {
  const curves: Partial<Record<HistogramName, Curves>> = {};
  for (const name of HISTOGRAM_NAMES) {
    const encoded = result.histograms[name]?.encoded;
    if (encoded !== undefined) curves[name] = curvesOf(decodeHistogram(encoded));
  }
  return { result, errors: errorsByKind(result), curves };
}

export function curvesOf(histogram: JsHistogram): Curves {
  return { bins: binLatencies(histogram), percentiles: percentileCurve(histogram) };
}

/**
 * Percentiles from 0 to 100, even on the scale 1 / (1 − share): as many nines as there are values
 * to tell them by, and the greatest value as the last point.
 */
export function percentileCurve(histogram: JsHistogram): PercentilePoint[] {
  const total = histogram.totalCount;
  if (total === 0) return [];
  // A percentile is the upper end of its bucket, which may lie above the greatest value.
  const max = histogram.maxValue / 1e6;
  const halvings = Math.ceil(Math.log2(Math.max(2, total)));
  const points = Array.from({ length: halvings * STEPS_PER_HALVING + 1 }, (_, i) => {
    const share = 1 - 2 ** (-i / STEPS_PER_HALVING);
    return { share, ms: Math.min(max, histogram.getValueAtPercentile(share * 100) / 1e6) };
  });
  return [...points, { share: 1, ms: max }];
}
