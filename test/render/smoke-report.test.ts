import { describe, expect, it } from "vitest";
import { isToldByChecks, smokeReportLines } from "../../src/render/smoke-report.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import type { ConnectResult } from "../../src/scenario/smoke-result.ts";
import { expectGolden } from "../helpers/golden.ts";
import { MISSED, PASSED, PLAIN, REFUSED, SMOKE_RUNS, TIMED_OUT } from "../helpers/smoke-runs.ts";

const lines = (result: ConnectResult, columns = 80) =>
  smokeReportLines(result, { theme: createTheme(0), columns });

describe("the report of a smoke test", () => {
  it("where all went well", () => {
    expectGolden("connect/smoke.txt", `${lines(PASSED).join("\n")}\n`);
  });

  it("where much went wrong", () => {
    expectGolden("connect/smoke-missed.txt", `${lines(MISSED).join("\n")}\n`);
  });

  it("where the connection did not open", () => {
    expectGolden("connect/smoke-refused.txt", `${lines(REFUSED).join("\n")}\n`);
  });

  it("where time ran out", () => {
    expectGolden("connect/smoke-late.txt", `${lines(TIMED_OUT).join("\n")}\n`);
  });

  it("counts no checks where there are none", () => {
    expect(lines(PLAIN).at(-1)).toBe("passed in 1.2 s");
  });

  it.each(Object.entries(SMOKE_RUNS))(
    "fits the screen, and has no trailing space: %s",
    (_, result) => {
      for (const columns of [40, 80, 120]) {
        for (const line of lines(result, columns)) {
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).toBe(line.trimEnd());
        }
      }
    },
  );

  it("in color is the same words", () => {
    const colored = smokeReportLines(MISSED, { theme: createTheme(1), columns: 80 }).join("\n");
    expect(colored.replaceAll(/\x1b\[\d+m/g, "")).toBe(lines(MISSED).join("\n"));
    expect(colored).toContain("\x1b[31mFAIL  \x1b[39m");
  });
});

it("is told by the checks what they say of themselves", () => {
  expect([PASSED, MISSED, TIMED_OUT, REFUSED].map(isToldByChecks)).toEqual([
    false,
    true,
    false,
    false,
  ]);
});
