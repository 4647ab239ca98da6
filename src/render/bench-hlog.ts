import type { BenchResult, HistogramResult, Interval } from "../bench/result.ts";
import { escapeControl } from "./escape.ts";

/**
 * The latencies of a run over time as an HDR interval log, format 1.3, which HdrHistogram's own
 * tools read.
 *
 * 1. A line holds start and length in s, the greatest latency in ms, and a histogram in ns.
 * 2. Time begins with the run, not with the measured window: readers skip what is below 0.
 * 3. What is not of the measured window alone is tagged: tools that add up the intervals leave it
 *    out unless asked for it.
 * 4. An interval in which nothing was answered has no line.
 */
export function benchHlog(result: BenchResult): string {
  const { intervals } = result;
  const beganMs = intervals[0]?.startMs ?? 0;
  const lines = [...headLines(result), ...intervals.flatMap((each) => intervalLine(each, beganMs))];
  return `${lines.join("\n")}\n`;
}

function headLines({ url, startedAt, settings }: BenchResult): string[] {
  const start = `${(Date.parse(startedAt) / 1000).toFixed(3)} (seconds since epoch)`;
  const values = settings.measure === "push" ? "gaps between messages" : "latencies";
  return [
    `#[Logged with framecat bench, ${escapeControl(url)}]`,
    "#[Histogram log format version 1.3]",
    `#[StartTime: ${start}, ${escapeControl(startedAt)}]`,
    `#[BaseTime: ${start}]`,
    `#[Histograms hold ${values} in ns; Interval_Max is in ms]`,
    `#[Tag=${UNCOUNTED}: not, or not only, in the measured window]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ];
}

const UNCOUNTED = "uncounted";

function intervalLine({ startMs, endMs, counted, latency }: Interval, beganMs: number): string[] {
  if (!latency) return [];
  const start = seconds(startMs - beganMs);
  const { max, encoded }: HistogramResult = latency;
  const line = [start, seconds(endMs - startMs), max.toFixed(3), encoded].join(",");
  return [counted ? line : `Tag=${UNCOUNTED},${line}`];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
