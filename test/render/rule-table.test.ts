import { describe, expect, it } from "vitest";
import { RULES } from "../../src/protocol/rules.ts";
import { ruleTable } from "../../src/render/rule-table.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { expectGolden } from "../helpers/golden.ts";

const theme = createTheme(0);

describe("the table of rules", () => {
  it.each([80, 120])("on a screen of %d columns", (columns) => {
    const lines = ruleTable({ theme, columns });
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    expectGolden(`rules/${columns}.txt`, `${lines.join("\n")}\n`);
  });

  it("in color", () => {
    const lines = ruleTable({ theme: createTheme(1), columns: 80 });
    expectGolden("rules/color.txt", `${lines.join("\n")}\n`);
  });

  it("names every rule once, in its order", () => {
    const ids = ruleTable({ theme }).flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);
    expect(ids).toEqual(Object.keys(RULES));
  });
});
