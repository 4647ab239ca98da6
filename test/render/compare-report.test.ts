import { describe, expect, it } from "vitest";
import type { Comparison, ComparisonRow } from "../../src/bench/compare.ts";
import { compareReport } from "../../src/render/compare-report.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { expectGolden } from "../helpers/golden.ts";

type Given = Partial<ComparisonRow>;

function row(name: string, base: number, ratio: number, given: Given = {}): ComparisonRow {
  return {
    name,
    unit: "ms",
    better: "lower",
    base,
    current: base * ratio,
    ratio,
    interval: { low: ratio * 0.97, high: ratio * 1.04 },
    verdict: "same",
    regression: false,
    ...given,
  };
}

/** A row that nothing tells chance of. */
function single(given: ComparisonRow): ComparisonRow {
  const { interval: _, ...rest } = given;
  return { ...rest, verdict: "unknown", regression: false };
}

const WORSE = { verdict: "worse", regression: true } as const;
const ROWS: readonly ComparisonRow[] = [
  row("throughput", 48_211.4, 0.84, { unit: "per-second", better: "higher", ...WORSE }),
  row("latency p50", 0.42, 1.19, WORSE),
  row("latency p90", 0.88, 1.0004),
  row("latency p99", 2.1, 0.8, { verdict: "better" }),
  row("latency p99.9", 6.4, 1.04, { verdict: "worse" }),
  row("latency max", 14.8, 120, WORSE),
  row("latency mean", 0.51, 1),
  single(row("handshake p99", 8.7, 1.31)),
  single(row("client CPU", 8.04, 1.02, { unit: "us" })),
  single(row("server CPU", 118, 0.98, { unit: "us" })),
];

function comparison(given: Partial<Comparison> = {}): Comparison {
  const run = { startedAt: "2026-01-01T00:00:00.000Z", countedIntervals: 60, blockLength: 1 };
  return {
    base: { url: "ws://127.0.0.1:9000/", ...run },
    current: { url: "ws://127.0.0.1:9001/", ...run },
    tolerance: 0.05,
    confidence: 0.95,
    resamples: 2000,
    rows: ROWS,
    differences: [],
    warnings: [],
    verdict: "regression",
    ...given,
  };
}

function report(given: Partial<Comparison> = {}, level: 0 | 1 = 0, columns = 80): string[] {
  return compareReport(comparison(given), { theme: createTheme(level), columns });
}

describe("a comparison", () => {
  it("that found a regression", () => {
    const lines = report();
    expectGolden("bench/compare.txt", `${lines.join("\n")}\n`);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });

  it("in color", () => {
    expectGolden("bench/compare-color.txt", `${report({}, 1).join("\n")}\n`);
  });

  it("of runs that are hard to compare", () => {
    const lines = report({
      verdict: "unknown",
      rows: ROWS.map(single),
      current: { ...comparison().current, url: "ws://x/\u001b[2J", blockLength: 7 },
      differences: [
        { setting: "load.inFlight", base: "16" },
        { setting: "message", base: '"20 B text"', current: '"1 KiB \u202etext"' },
      ],
      warnings: [
        "the base has 4 counted intervals, fewer than 5: too few to tell chance",
        "the new run: the client was the limit, which makes these figures its own",
      ],
    });
    expectGolden("bench/compare-trouble.txt", `${lines.join("\n")}\n`);
    expect(lines.join("")).not.toMatch(/[\u001b\u202e]/);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });

  it.each([
    [2, 3, "no difference beyond chance"],
    [2, 4, "better: latency p99 0.80×"],
    [2, 5, "better: latency p99 0.80×; worse within it: latency p99.9 1.04×"],
  ])("of rows %i to %i says first what came out", (from, to, words) => {
    const [first] = report({ rows: ROWS.slice(from, to), verdict: "no-regression" }, 0, 120);
    expect(first).toBe(`no regression beyond 5 % tolerance; ${words}`);
  });

  it("has three digits of a CPU time too, however long", () => {
    const long = single(row("client CPU", 2525, 2, { unit: "us" }));
    expect(report({ rows: [long] }).join("\n")).toMatch(/client CPU +2\.5\dms +5\.05ms/);
  });

  it("shows no ratio as 1 that is not", () => {
    const rows = [row("a", 1, 1.002), row("b", 1, 1), row("c", 1, 12.34)];
    const lines = report({ rows, verdict: "no-regression" });
    const ratios = lines.flatMap((line) => /(\S+)×/.exec(line)?.[1] ?? []);
    expect(ratios).toEqual(["1.002", "1.00", "12.3"]);
  });
});
