import { describe, expect, it } from "vitest";
import type { AssertionResult } from "../../src/bench/result.ts";
import { assertionSection } from "../../src/render/bench-report-assertions.ts";
import { createTheme } from "../../src/render/theme.ts";
import { resultOf } from "../helpers/bench-reports.ts";

function lines(assertions: readonly AssertionResult[], level: 0 | 1 = 0): string[] {
  const options = { theme: createTheme(level), columns: 80 };
  return assertionSection(resultOf({ assertions }), options);
}

type Given = Omit<AssertionResult, "expression">;
const ms = { bound: 50, unit: "ms", passed: false } as const;
const count = { bound: 1000, unit: "count", passed: false } as const;

describe("an assertion", () => {
  it.each<[Given, string]>([
    [{ ...ms, passed: true, actual: 42 }, "held: 42.0 ms"],
    [{ ...ms, actual: 61.2 }, "failed: 61.2 ms, 22 % over"],
    [{ ...ms, actual: 40 }, "failed: 40.0 ms, 20 % under"],
    [{ ...ms, actual: 50.1 }, "failed: 50.1 ms, less than 1 % over"],
    [{ ...ms, actual: 50 }, "failed: 50.0 ms, just the bound"],
    [{ ...ms, actual: 600 }, "failed: 600 ms, 12 times the bound"],
    [{ ...ms }, "failed: nothing was measured"],
    [{ ...ms, bound: 0, actual: 3 }, "failed: 3.00 ms"],
    [{ ...count, actual: 985 }, "failed: 985, 15 under"],
    [{ ...count, bound: 0, actual: 7 }, "failed: 7, 7 over"],
    [{ bound: 0.1, unit: "percent", passed: false, actual: 0.15 }, "failed: 0.15 %, 50 % over"],
    [{ bound: 100, unit: "per-second", passed: false, actual: 25 }, "failed: 25/s, 75 % under"],
    [{ bound: 4096, unit: "bytes", passed: true, actual: 2048 }, "held: 2.0 KiB"],
  ])("%j", (given, text) => {
    expect(lines([{ ...given, expression: "p99<50ms" }])).toEqual([
      "",
      `asserted     p99<50ms  ${text}`,
    ]);
  });

  it("stands in line with the others", () => {
    const held = { ...ms, passed: true, actual: 1 };
    expect(
      lines([
        { ...held, expression: "p50<50ms" },
        { ...held, expression: "p99.9<50ms" },
      ]),
    ).toEqual([
      "",
      "asserted     p50<50ms    held: 1.00 ms",
      "             p99.9<50ms  held: 1.00 ms",
    ]);
  });

  it("is green or red", () => {
    const { good, bad } = createTheme(1);
    const held = { ...ms, passed: true, actual: 1, expression: "a" };
    expect(lines([held], 1)[1]).toContain(good("held:"));
    expect(lines([{ ...ms, actual: 100, expression: "a" }], 1)[1]).toContain(
      bad("failed: 100 ms, 100 % over"),
    );
  });
});

it("nothing where nothing was asserted", () => {
  expect(lines([])).toEqual([]);
});
