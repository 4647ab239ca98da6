import { expect, it } from "vitest";
import { redrawLines } from "../../src/render/redraw.ts";

/** What stands on a terminal after all that was written to it; it knows what `redrawLines` uses. */
function screen(...written: string[]): string[] {
  const rows: string[] = [""];
  let row = 0;
  let column = 0;
  for (const token of written.join("").match(/\u001b\[\d*[A-Z]|[^\u001b]/g) ?? []) {
    if (token === "\u001b[2K") rows[row] = "";
    else if (token === "\u001b[J") rows.splice(row, rows.length, rows[row]!.slice(0, column));
    else if (token.endsWith("A") && token.length > 1) row -= Number(token.slice(2, -1));
    else if (token === "\r") column = 0;
    else if (token === "\n") {
      row += 1;
      column = 0;
      rows[row] ??= "";
    } else {
      rows[row] = rows[row]!.slice(0, column) + token + rows[row]!.slice(column + 1);
      column += 1;
    }
  }
  return rows;
}

it.each<[string, string[][], string[]]>([
  ["draws lines", [["a", "b"]], ["a", "b", ""]],
  [
    "draws shorter ones over longer ones",
    [
      ["long", "longer"],
      ["a", "b"],
    ],
    ["a", "b", ""],
  ],
  ["draws fewer ones", [["a", "b", "c"], ["d"]], ["d", ""]],
  ["draws more ones", [["a"], ["b", "c", "d"]], ["b", "c", "d", ""]],
  ["takes them away", [["a", "b"], []], [""]],
  ["draws after nothing", [[], ["a"]], ["a", ""]],
])("%s", (_, drawings, seen) => {
  const written = drawings.map((lines, i) => redrawLines(drawings[i - 1]?.length ?? 0, lines));
  expect(screen("before\n", ...written)).toEqual(["before", ...seen]);
});
