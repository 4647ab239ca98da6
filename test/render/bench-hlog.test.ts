import { HistogramLogReader, type JsHistogram } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { encodeHistogram } from "../../src/bench/histogram.ts";
import type { BenchResult } from "../../src/bench/result.ts";
import { benchHlog } from "../../src/render/bench-hlog.ts";
import { benchResult, histogramResult, sampleInterval, SETTINGS } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";
import { expectGolden } from "../helpers/golden.ts";

const run = benchResult();

/** What hdr-histogram-js reads in a log. */
function readLog(text: string): JsHistogram[] {
  const reader = new HistogramLogReader(text, 64);
  const read: JsHistogram[] = [];
  for (;;) {
    const histogram = reader.nextIntervalHistogram();
    if (!histogram) return read;
    read.push(histogram as JsHistogram);
  }
}

/** Some intervals, each with latencies of its own. */
function sampleRun(): BenchResult {
  const intervals = [-2, -1, 0, 1, 2, 3, 4, 5].map((index) => {
    const latencies = [0.25, 0.5 * (index + 3), 1234.5678].map((ms) => ms / (index + 3));
    return sampleInterval(
      index,
      index === -2 ? {} : { latency: histogramResult(histogramOf(latencies)) },
    );
  });
  return { ...run, intervals };
}

describe("an interval log", () => {
  it("of a run", () => {
    expectGolden("bench/intervals.hlog", benchHlog(sampleRun()));
  });

  it("is read back as the histograms of the intervals", () => {
    const result = sampleRun();
    const measured = result.intervals.filter(({ latency }) => latency);
    const read = readLog(benchHlog(result));
    expect(read.map(encodeHistogram)).toEqual(measured.map(({ latency }) => latency?.encoded));
    expect(read.map(({ totalCount }) => totalCount)).toEqual(measured.map(() => 3));
  });

  it("tells when each interval was, from the start of the run on", () => {
    const startMs = Date.parse("2026-01-01T00:00:00Z");
    const times = readLog(benchHlog(sampleRun())).map(
      ({ startTimeStampMsec, endTimeStampMsec }) => [
        startTimeStampMsec - startMs,
        endTimeStampMsec - startMs,
      ],
    );
    // The run began two seconds before its window, and nothing was answered in the first of them.
    expect(times).toEqual([1, 2, 3, 4, 5, 6, 7].map((s) => [s * 1000, (s + 1) * 1000]));
  });

  it("tags what is not of the measured window", () => {
    const tags = readLog(benchHlog(sampleRun())).map(({ tag }) => tag);
    expect(tags).toEqual(["uncounted", ...Array(5).fill("NO TAG"), "uncounted"]);
  });

  it("has a head alone where nothing was answered", () => {
    const log = benchHlog({ ...run, intervals: [sampleInterval(-2)] });
    expect(readLog(log)).toEqual([]);
    expect(log.trimEnd().split("\n").at(-1)).toMatch(/^"StartTimestamp"/);
    expect(benchHlog({ ...run, intervals: [] })).toBe(log);
  });

  it("says what its values are", () => {
    expect(benchHlog(run)).toContain("#[Histograms hold latencies in ns;");
    const push: BenchResult = { ...run, settings: { ...SETTINGS, measure: "push" } };
    expect(benchHlog(push)).toContain("#[Histograms hold gaps between messages in ns;");
  });

  it("shows an address in one line, without control characters", () => {
    const url = "ws://x/\n1.000,1.000,1.000,\x1b[2J";
    expect(benchHlog({ ...run, url }).split("\n")[0]).toBe(
      "#[Logged with framecat bench, ws://x/\\n1.000,1.000,1.000,\\x1b[2J]",
    );
  });
});
