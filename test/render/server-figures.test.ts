import { expect, it } from "vitest";
import { serverFigures } from "../../src/render/server-figures.ts";
import { createTheme } from "../../src/render/theme.ts";
import { BUSY_FIGURES, serverFiguresOf } from "../helpers/client-rows.ts";
import { expectGolden } from "../helpers/golden.ts";

const options = { theme: createTheme(0), columns: 80 };

it("tells what has happened", () => {
  expectGolden("listen/figures.txt", `${serverFigures(BUSY_FIGURES, options).join("\n")}\n`);
});

it("tells how often each fault has struck", () => {
  const figures = serverFiguresOf({
    faults: [
      ["drop", 1234],
      ["reset", 1],
    ],
  });
  expect(serverFigures(figures, options)).toContain("faults       drop × 1,234 · reset × 1");
});

it("leaves out what has not happened", () => {
  const lines = serverFigures(serverFiguresOf(), options);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["running", "clients", "→", "←"]);
  expect(lines.join("\n")).not.toMatch(/refused|closed|faults/);
});
