import { describe, expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { viewOf } from "../../src/bench/view.ts";
import {
  latencyPlots,
  mainHistogram,
  timePlots,
  uncountedBands,
} from "../../src/render/bench-plots.ts";
import type { Plot } from "../../src/render/page/plot.ts";
import { benchResult, openModelResult, sampleInterval } from "../helpers/bench-result.ts";
import { richResult } from "../helpers/rich-result.ts";

function plotsOf(result: BenchResult): readonly Plot[] {
  const view = viewOf(result);
  return [...latencyPlots(view), ...timePlots(view)];
}

function plot(result: BenchResult, id: string): Plot {
  const found = plotsOf(result).find((one) => one.id === id);
  if (!found) throw new Error(`there is no plot ${id}`);
  return found;
}

describe("the plots of a run", () => {
  it("are as many as there is something to draw", () => {
    const always = ["distribution", "percentiles", "throughput", "bytes", "latency", "sockets"];
    expect(plotsOf(benchResult()).map(({ id }) => id)).toEqual([...always, "client"]);
    expect(plotsOf(richResult()).map(({ id }) => id)).toEqual([
      ...always,
      "failures",
      "client",
      "server",
    ]);
    expect(plotsOf(benchResult({ histograms: {}, intervals: [] }))).toEqual([]);
  });

  it("have a value for each point, or null", () => {
    for (const { x, series } of plotsOf(richResult())) {
      for (const { values } of series) expect(values).toHaveLength(x.values.length);
      expect(x.values).toEqual(x.values.toSorted((a, b) => a - b));
    }
  });

  it("share one time axis", () => {
    const axes = timePlots(viewOf(richResult()));
    for (const { x, sync } of axes) {
      expect({ from: x.min, to: x.max, sync }).toEqual({ from: -5, to: 60, sync: "time" });
    }
  });

  it("shade what was not counted", () => {
    expect(uncountedBands(richResult())).toEqual([
      { from: -5, to: 0, label: "warm-up" },
      { from: 58, to: 60, label: "drain" },
    ]);
    const { settings } = benchResult();
    const cold = benchResult({ settings: { ...settings, warmupMs: 0 } });
    expect(uncountedBands(cold)).toEqual([{ from: -2, to: 0, label: "connecting" }]);
  });

  it("divide by the length of an interval, and leave a gap where nothing was answered", () => {
    const { latency: _, ...silent } = sampleInterval(0, { endMs: 2000, messagesIn: 0 });
    const result = benchResult({ intervals: [silent, sampleInterval(2)] });
    const [out, into] = plot(result, "throughput").series;
    expect([out?.values, into?.values]).toEqual([
      [2000, 4000],
      [0, 4000],
    ]);
    expect(plot(result, "latency").series.map(({ values }) => values[0])).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("of the distribution are shares, with an edge more than bars", () => {
    const { x, series } = plot(benchResult(), "distribution");
    const values = series[0]?.values ?? [];
    expect(values.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeCloseTo(100);
    expect(values.at(-1)).toBeNull();
    expect([x.min, x.max]).toEqual([x.values[0], x.values.at(-1)]);
  });

  it("of percentiles show corrected and service together, where both exist", () => {
    const labels = (result: BenchResult) =>
      plot(result, "percentiles").series.map(({ label }) => label);
    expect(labels(openModelResult())).toEqual(["corrected", "service"]);
    expect(labels(benchResult())).toEqual(["latency"]);
    const { x } = plot(openModelResult(), "percentiles");
    expect(x.ticks).toEqual([2, 10, 100, 1000, 10_000]);
    expect(x.max).toBeGreaterThanOrEqual(20_000);
  });

  it("of failures have a line for each kind", () => {
    const { series } = plot(richResult(), "failures");
    expect(series.map(({ label }) => label)).toEqual(["refused", "abnormal", "heartbeat", "reset"]);
    const total = series[3]?.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    expect(total).toBe(24);
  });
});

it.each([
  [["latency", "handshake"], "latency"],
  [["gap", "handshake"], "gap"],
  [["handshake", "tcp"], "handshake"],
  [["tcp"], undefined],
] as const)("of %j the main histogram is %s", (names, main) => {
  const { latency } = benchResult().histograms;
  const histograms = Object.fromEntries(names.map((name) => [name, latency!]));
  expect(mainHistogram(benchResult({ histograms }))).toBe(main);
});
