import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { benchReport } from "../../src/render/bench-run-report.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { REPORTS, viewOnce, resultOf } from "../helpers/bench-reports.ts";
import { expectGolden } from "../helpers/golden.ts";

function report(result: BenchResult, columns = 80, level: 0 | 1 = 0): string[] {
  return benchReport(viewOnce(result), { theme: createTheme(level), columns });
}

function widest(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => displayWidth(stripVTControlCharacters(line))));
}

const all = Object.entries<BenchResult>(REPORTS);

describe("a report", () => {
  it.each(all)("of the run %s", (name, result) => {
    const lines = report(result);
    expectGolden(`bench/run/${name}.txt`, `${lines.join("\n")}\n`);
    expect(widest(lines)).toBeLessThanOrEqual(80);
  });

  it("in a narrow terminal", () => {
    expectGolden("bench/run/narrow.txt", `${report(REPORTS.open, 60).join("\n")}\n`);
  });

  it("in a wide one has its drawings side by side", () => {
    expectGolden("bench/run/wide.txt", `${report(REPORTS.hold, 130).join("\n")}\n`);
  });

  it("in color", () => {
    expectGolden("bench/run/color.txt", `${report(REPORTS.failures, 80, 1).join("\n")}\n`);
  });

  it.each([60, 70, 80, 119, 120, 200])("fits %i columns", (columns) => {
    for (const [, result] of all) {
      expect(widest(report(result, columns))).toBeLessThanOrEqual(columns);
    }
  });

  it("is the same text with color as without", () => {
    for (const [, result] of all) {
      expect(report(result, 130, 1).map(stripVTControlCharacters)).toEqual(report(result, 130));
    }
  });

  it("has no drawings where none are asked for", () => {
    const options = { theme: createTheme(0), columns: 80, plots: false };
    expect(benchReport(viewOnce(REPORTS.open), options).join("")).not.toMatch(/[█┤\u2800-\u28ff]/u);
  });

  it("of a run that ended before anything was measured", () => {
    const base = resultOf();
    const nothing = resultOf({
      ending: "interrupted",
      histograms: {},
      intervals: [],
      messages: { ...base.messages, planned: 0, sent: 0, answered: 0 },
      throughput: { ...base.throughput, windowMs: 0 },
    });
    expectGolden("bench/run/nothing.txt", `${report(nothing).join("\n")}\n`);
  });

  it("shows what came from outside as harmless text", () => {
    const evil = "\u001b[2J\n\u202e";
    const base = resultOf();
    const failure = { kind: "closed", code: "closed", message: evil, count: 1 } as const;
    const lines = report({
      ...base,
      url: evil,
      settings: { ...base.settings, message: evil, match: evil },
      client: { ...base.client, deaths: [evil], limits: [evil] },
      refusals: [failure],
      breaks: [failure],
      discrepancies: [evil],
      assertions: [{ expression: evil, passed: false, bound: 1, unit: "ms" }],
    });
    expect(lines.join("")).not.toMatch(/[\u001b\n\u202e]/u);
    expect(lines.join("\n").split("\\x1b[2J\\n\\u202e")).toHaveLength(10);
  });
});
