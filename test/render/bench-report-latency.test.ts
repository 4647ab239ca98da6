import { describe, expect, it } from "vitest";
import type { BenchResult, Measure } from "../../src/bench/result.ts";
import { latencySection } from "../../src/render/bench-report-latency.ts";
import { createTheme } from "../../src/render/theme.ts";
import {
  histogramResult,
  openModelResult,
  sampleLatencies,
  SETTINGS,
} from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";
import { REPORTS, resultOf } from "../helpers/bench-reports.ts";

function lines(result: BenchResult, columns = 80): string[] {
  return latencySection(result, { theme: createTheme(0), columns }).slice(1);
}

/** The first word of each line. */
function names(result: BenchResult): string[] {
  return lines(result).map((line) => line.split(" ")[0] ?? "");
}

describe("the rows of the table", () => {
  it.each<[string, BenchResult, string[]]>([
    ["a closed echo", REPORTS.echo, ["echo"]],
    ["an open echo", REPORTS.open, ["corrected", "service"]],
    ["pushed messages", REPORTS.push, ["gap"]],
    ["a fan-out", REPORTS.fanout, ["corrected", "service"]],
    ["handshakes", REPORTS.connect, ["handshake", "dns", "tcp", "tls", "upgrade"]],
    ["held sockets", REPORTS.hold, ["ping"]],
  ])("of %s", (_, result, rows) => {
    expect(names(result)).toEqual(["latency", ...rows]);
  });

  it("of planned handshakes tell the corrected time too", () => {
    const { load } = openModelResult().settings;
    const { histograms } = resultOf();
    const settings = { ...SETTINGS, measure: "connect" as Measure, load };
    expect(names(resultOf({ settings, histograms }))).toEqual([
      "latency",
      "corrected",
      "handshake",
      "tcp",
      "upgrade",
    ]);
  });

  it("are none where nothing was measured", () => {
    expect(lines(resultOf({ histograms: {} }))).toEqual(["latency      nothing was measured"]);
  });
});

describe("the columns of the table", () => {
  it.each([
    [500, "min p50 p90 p99 p99.9 p99.99 max mean stddev"],
    [78, "min p50 p90 p99 p99.9 p99.99 max mean"],
    [70, "p50 p90 p99 p99.9 p99.99 max mean"],
    [60, "p50 p90 p99 p99.9 p99.99 max"],
    [50, "p50 p99 p99.9 p99.99 max"],
    [41, "p50 p99 p99.9 max"],
    [35, "p50 p99 max"],
    [1, "p50 p99 max"],
  ])("are those for which %i columns are enough", (columns, head) => {
    const [first] = lines(REPORTS.open, columns);
    expect(first?.split(/ +/).slice(1).join(" ")).toBe(head);
  });

  it.each([
    [1, "min p50 max mean"],
    [9, "min p50 max mean stddev"],
    [10, "min p50 p90 max mean stddev"],
    [999, "min p50 p90 p99 max mean stddev"],
    [9999, "min p50 p90 p99 p99.9 max mean stddev"],
    [10_000, "min p50 p90 p99 p99.9 p99.99 max mean stddev"],
  ])("are those that %i values are enough for", (count, head) => {
    const latency = histogramResult(histogramOf(sampleLatencies(count)));
    const [first] = lines(resultOf({ histograms: { latency } }));
    expect(first?.split(/ +/).slice(1).join(" ")).toBe(head);
  });
});
