import { summarizeLatency } from "./distribution.ts";
import { decodeCounts } from "./encoded-counts.ts";
import { encodeHistogram, toHistogram } from "./histogram.ts";
import { Recorder } from "./recorder.ts";
import type { HistogramResult } from "./result.ts";

/**
 * Adds histograms up: every bucket has the sum of its counts. The least and the greatest value are
 * those of the parts, which know them more exactly than their buckets do.
 *
 * @returns undefined where there is none
 */
export function mergeHistograms(parts: readonly HistogramResult[]): HistogramResult | undefined {
  if (parts.length === 0) return undefined;
  const recorder = new Recorder();
  for (const { encoded } of parts) recorder.add(decodeCounts(encoded));
  const histogram = toHistogram(recorder.sparse());
  const numbers = summarizeLatency(histogram);
  if (!numbers) return undefined;
  const min = Math.min(...parts.map((part) => part.min));
  const max = Math.max(...parts.map((part) => part.max));
  return { ...numbers, min, max, encoded: encodeHistogram(histogram) };
}
