import { describe, expect, it } from "vitest";
import { closeCodeTable, opcodeTable } from "../../src/render/code-tables.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { expectGolden } from "../helpers/golden.ts";

const theme = createTheme(0);

describe("the tables of codes", () => {
  it.each([80, 120])("on a screen of %d columns", (columns) => {
    const look = { theme, columns };
    const lines = [...closeCodeTable(look), "", ...opcodeTable(look)];
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    expectGolden(`codes/${columns}.txt`, `${lines.join("\n")}\n`);
  });

  it("in color", () => {
    const look = { theme: createTheme(1), columns: 80 };
    expectGolden(
      "codes/color.txt",
      `${[...closeCodeTable(look), "", ...opcodeTable(look)].join("\n")}\n`,
    );
  });
});
