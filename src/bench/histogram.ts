import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type JsHistogram,
} from "hdr-histogram-js";
import { HIGHEST_NS, type SparseCounts } from "./recorder.ts";

const DIGITS = 3;

/** A histogram in which a `Recorder` can be added without loss. */
export function emptyHistogram(): JsHistogram {
  return build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_NS,
    numberOfSignificantValueDigits: DIGITS,
  }) as JsHistogram;
}

/** What a `Recorder` has handed on as a histogram of hdr-histogram-js. */
export function toHistogram(counts: SparseCounts): JsHistogram {
  const histogram = emptyHistogram();
  for (let i = 0; i + 1 < counts.length; i += 2) {
    histogram.recordValueWithCount(histogram.valueFromIndex(counts[i] ?? 0), counts[i + 1] ?? 0);
  }
  return histogram;
}

/** HdrHistogram's own compressed form, V2, in base64. */
export function encodeHistogram(histogram: JsHistogram): string {
  return encodeIntoCompressedBase64(histogram);
}

export function decodeHistogram(text: string): JsHistogram {
  return decodeFromCompressedBase64(text, 64) as JsHistogram;
}
