import { describe, expect, it } from "vitest";
import type { BenchResult, Interval } from "../../src/bench/result.ts";
import { type BenchView, viewOf } from "../../src/bench/view.ts";
import { plotSection } from "../../src/render/bench-report-plots.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { sampleInterval } from "../helpers/bench-result.ts";
import { REPORTS, viewOnce, resultOf } from "../helpers/bench-reports.ts";

function lines(result: BenchResult, columns = 80): string[] {
  return plotSection(viewOnce(result), { theme: createTheme(0), columns });
}

/** The lines below this title. */
function drawing(result: BenchResult, title: string): string[] {
  const all = lines(result);
  const first = all.findIndex((line) => line.startsWith(title));
  if (first < 0) return [];
  const end = all.indexOf("", first);
  return all.slice(first + 1, end < 0 ? undefined : end);
}

/** Lines that begin with a letter are titles. */
function titles(result: BenchResult): string[] {
  return lines(result).filter((line) => /^[a-z]/.test(line));
}

/** The labels to the left of a drawing, from the top. */
function sideLabels(drawn: readonly string[]): string[] {
  return drawn.flatMap((line) => /^ *(.+) ┤/.exec(line)?.[1] ?? []);
}

function withIntervals(given: readonly Partial<Interval>[]): BenchResult {
  return resultOf({ intervals: given.map((one, i) => sampleInterval(i, one)) });
}

describe("the drawings", () => {
  it.each<[string, BenchResult, string[]]>([
    [
      "an echo",
      REPORTS.echo,
      [
        "distribution of echo times",
        "percentiles of echo times",
        "throughput over time (msg/s)",
        "p99 of echo times over time",
      ],
    ],
    [
      "pushed messages",
      REPORTS.push,
      [
        "distribution of gaps between messages",
        "percentiles of gaps between messages",
        "throughput over time (msg/s)",
        "p99 of gaps between messages over time",
      ],
    ],
    [
      "handshakes",
      REPORTS.connect,
      [
        "distribution of handshake times",
        "percentiles of handshake times",
        "throughput over time (handshakes/s)",
        "p99 of handshake times over time",
      ],
    ],
    [
      "held sockets",
      REPORTS.hold,
      [
        "distribution of ping times",
        "percentiles of ping times",
        "open sockets over time",
        "p99 of ping times over time",
      ],
    ],
  ])("of %s", (_, result, names) => {
    expect(titles(result)).toEqual(names);
  });

  it("over time need five intervals", () => {
    const four = Array.from({ length: 4 }, () => ({}));
    expect(titles(withIntervals(four))).toHaveLength(2);
    expect(titles(withIntervals([...four, {}]))).toHaveLength(4);
  });

  it("are none of nothing", () => {
    const nothing: BenchView = { ...viewOf(resultOf({ intervals: [] })), curves: {} };
    expect(plotSection(nothing, { theme: createTheme(0), columns: 80 })).toEqual([]);
  });

  it("stand side by side from 120 columns on, and grow up to 160", () => {
    const narrow = lines(REPORTS.hold, 119);
    const wide = lines(REPORTS.hold, 120);
    expect(narrow.some((line) => /distribution.*percentiles/.test(line))).toBe(false);
    expect(wide.some((line) => /distribution.*percentiles/.test(line))).toBe(true);
    const widest = (all: readonly string[]) => Math.max(...all.map(displayWidth));
    expect(widest(narrow)).toBe(80);
    expect(widest(lines(REPORTS.hold, 300))).toBe(160);
  });
});

describe("the distribution", () => {
  it("shows no share as nothing that is there", () => {
    const view = viewOnce(resultOf({ intervals: [] }));
    const bins = [
      { fromMs: 0.1, toMs: 0.2, count: 1e6 },
      { fromMs: 0.2, toMs: 0.5, count: 0 },
      { fromMs: 0.5, toMs: 1, count: 1 },
    ];
    const drawn = plotSection(
      { ...view, curves: { latency: { bins, percentiles: [] } } },
      { theme: createTheme(0), columns: 40 },
    );
    expect(drawn.slice(2).map((line) => line.trimEnd())).toEqual([
      `0.10 ms   >99.9 % ▏${"█".repeat(21)}`,
      "0.20 ms       0 % ▏",
      "0.50 ms   <0.01 % ▏▏",
    ]);
  });
});

describe("percentiles", () => {
  it("go as far as the values tell", () => {
    const labels = (result: BenchResult) =>
      drawing(result, "percentiles").at(-1)?.trim().split(/ {2,}/);
    expect(labels(REPORTS.echo)).toEqual(["50 %", "90 %", "99 %", "99.9 %", "99.99 %"]);
    const few = resultOf({ histograms: { latency: resultOf().histograms.handshake! } });
    expect(labels(few)).toEqual(["50 %"]);
  });

  it("say which line is which where there are two", () => {
    expect(titles(REPORTS.open)[1]).toBe("percentiles of echo times   ⠤⠤ corrected   ⠄⠄ service");
    const { service } = REPORTS.open.histograms;
    const histograms = { ...REPORTS.connect.histograms, service: service! };
    expect(titles({ ...REPORTS.connect, histograms })[1]).toBe("percentiles of handshake times");
  });
});

describe("over time", () => {
  it("a rate is that of a second, however long the interval", () => {
    const result = withIntervals([
      ...Array.from({ length: 5 }, () => ({ messagesIn: 4000 })),
      { startMs: 5000, endMs: 5250, messagesIn: 1000 },
    ]);
    const drawn = drawing(result, "throughput");
    expect(sideLabels(drawn)[0]).toBe("4,000");
    expect(drawn.slice(1, -2).every((line) => !/[\u2800-\u28ff]/u.test(line))).toBe(true);
  });

  it("an interval of no length has no rate", () => {
    const five = Array.from({ length: 5 }, () => ({ messagesIn: 4000 }));
    const result = withIntervals([...five, { startMs: 5000, endMs: 5000 }]);
    expect(sideLabels(drawing(result, "throughput"))[0]).toBe("4,000");
  });

  it("the axis is dashed where nothing was counted", () => {
    expect(drawing(REPORTS.echo, "throughput").at(-2)).toMatch(/└╌+┬─+/);
  });

  it("a few sockets that drop of thousands are seen", () => {
    const open = (count: number) => ({ open: count });
    const drops = withIntervals([20_000, 20_000, 20_000, 19_999, 19_999].map(open));
    expect(sideLabels(drawing(drops, "open sockets"))).toEqual([
      "20,000",
      "19,999",
      "19,998",
      "19,997",
    ]);
    const connecting = sampleInterval(-1, open(7));
    const all = [connecting, ...drops.intervals];
    expect(sideLabels(drawing({ ...drops, intervals: all }, "open sockets"))[3]).toBe("19,997");
    const ramp = withIntervals([0, 250, 500, 750, 1000].map(open));
    expect(sideLabels(drawing(ramp, "open sockets")).at(-1)).toBe("0");
  });
});
