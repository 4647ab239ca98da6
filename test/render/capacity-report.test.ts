import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { capacityReport } from "../../src/render/capacity-report.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { capacityResult, hopelessResult } from "../helpers/capacity-result.ts";
import { expectGolden } from "../helpers/golden.ts";

const PLAIN = { theme: createTheme(0), columns: 80 };

const connections = capacityResult({
  vary: "connections",
  unit: "sockets",
  settings: {
    ...capacityResult().settings,
    load: { model: "open", ratePerSecond: 2, per: "socket", arrival: "constant" },
  },
});

describe("a search in a terminal", () => {
  it.each([
    ["rate", capacityResult()],
    ["connections", connections],
    ["hopeless", hopelessResult()],
    ["client-limited", capacityResult({ ended: "client-limited", embedded: true })],
    ["interrupted", hopelessResult({ ended: "interrupted", trials: [], curve: [] })],
  ])("reads well: %s", (name, result) => {
    expectGolden(`capacity-report/${name}.txt`, `${capacityReport(result, PLAIN).join("\n")}\n`);
  });

  it("begins with the answer", () => {
    const [first = ""] = capacityReport(capacityResult(), { ...PLAIN, columns: 200 });
    expect(first).toMatch(/^capacity +1,000\/s is the highest load that held p99<50ms and /);
  });

  it.each([80, 120, 200])("fits %d columns, in color too", (columns) => {
    const plain = capacityReport(capacityResult(), { ...PLAIN, columns });
    for (const line of plain) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    const colored = capacityReport(capacityResult(), { theme: createTheme(3), columns });
    expect(colored.map((line) => stripVTControlCharacters(line).trimEnd())).toEqual(plain);
    expect(colored.join("\n")).toContain("\u001b[31mmissed");
  });

  it("escapes what came from outside", () => {
    const hostile = "p99<50ms\u001b[2J";
    const slo = [{ expression: hostile, bound: 50, unit: "ms" as const }];
    const text = capacityReport(capacityResult({ slo, url: `ws://h/${hostile}` }), PLAIN).join("");
    expect(text).not.toContain("\u001b");
    expect(text).toContain("p99<50ms");
  });

  it("has no column for what was measured at no load", () => {
    const [head] = /^load\/s.*$/m.exec(capacityReport(capacityResult(), PLAIN).join("\n")) ?? [];
    expect(head).toMatch(/msg\/s .* p99 .* cores$/);
    const curve = capacityResult().curve.map((point) => {
      const { errors, attempts, clientBusy } = point.figures;
      return { ...point, figures: { errors, attempts, clientBusy } };
    });
    const bare = capacityReport(capacityResult({ curve }), PLAIN).join("\n");
    expect(/^load\/s.*$/m.exec(bare)?.[0]).toBe("load/s  errors  client");
  });

  it("draws the bound beside what was measured, and leaves the drawing away where it says nothing", () => {
    const text = capacityReport(capacityResult(), PLAIN).join("\n");
    expect(text).toMatch(/^p99 by load, held up to 1,000\/s {3}⠄⠄ p99<50ms$/m);
    expect(capacityReport(hopelessResult(), PLAIN).join("\n")).not.toContain("p99 by load");
  });
});
