import { expect, it } from "vitest";
import { clientTable } from "../../src/render/client-table.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { clientRow, SOME_CLIENTS } from "../helpers/client-rows.ts";
import { expectGolden } from "../helpers/golden.ts";

const theme = createTheme(0);
const table = (columns: number, rows = SOME_CLIENTS) => clientTable(rows, { theme, columns });

it.each([140, 120, 80])("of %d columns", (columns) => {
  expectGolden(`listen/clients-${columns}.txt`, `${table(columns).join("\n")}\n`);
});

it("is never wider than the terminal, down to what its id and address need", () => {
  for (let columns = 40; columns < 160; columns++) {
    expect(Math.max(...table(columns).map(displayWidth))).toBeLessThanOrEqual(columns);
  }
});

it("has the columns that matter most where there is little room", () => {
  expect(table(40)[0]).toMatch(/^id +address/);
  expect(table(3, [clientRow()])).toEqual(["id", "#1"]);
  expect(table(1, [clientRow()])).toEqual(["", ""]);
});

it("says that nobody is there", () => {
  expect(table(80, [])).toEqual(["nobody is connected"]);
});

it("colors each direction, and nothing else but the headings", () => {
  const [head, row] = clientTable([clientRow()], { theme: createTheme(1), columns: 100 });
  expect(head).toMatch(/^\u001b\[1m.*\u001b\[22m$/);
  expect(row?.match(/\u001b\[\d+m/g)).toEqual(
    ["36", "39", "36", "39", "32", "39", "32", "39"].map((code) => `\u001b[${code}m`),
  );
});
