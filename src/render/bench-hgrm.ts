import type { JsHistogram } from "hdr-histogram-js";

const NS_PER_MS = 1e6;
/** Lines for each halving of the distance to 100 %: as many as other tools write. */
const TICKS_PER_HALF_DISTANCE = 5;

/**
 * A histogram in HdrHistogram's own text form, the percentile distribution that its plotter reads.
 * Values are in ms. The histogram is one in ns as it was decoded: of one that was recorded into, the
 * library tells the value itself as `Max`, not, as the reference does, the end of its bucket.
 */
export function benchHgrm(histogram: JsHistogram): string {
  return histogram.outputPercentileDistribution(TICKS_PER_HALF_DISTANCE, NS_PER_MS);
}
