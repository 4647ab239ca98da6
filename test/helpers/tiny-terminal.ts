import { graphemes, graphemeWidth } from "../../src/width.ts";

/** A terminal in memory, as much of one as the line editor needs. Anything else it throws at. */
export interface TinyTerminal {
  write(text: string): void;
  /** All rows from the first ever written to the last that is not blank or has the cursor. */
  lines(): string[];
  /** From the first row ever written. */
  cursor(): { readonly row: number; readonly column: number };
  /** Modes that are on, as `?2004`; wrapping (?7) and the cursor (?25) are on at first. */
  modes(): ReadonlySet<string>;
}

const TOKEN = /\u001b\[(\??)(\d*)([A-Za-z])|\r|\n|[^\u001b\r\n]+/gy;

/** @param rows how far the cursor can move up: what has scrolled away is out of its reach */
export function tinyTerminal(columns: number, rows: number): TinyTerminal {
  const grid: string[][] = [[]];
  const modes = new Set(["?7", "?25"]);
  let row = 0;
  let column = 0;
  let wraps = false;
  const top = () => Math.max(0, grid.length - rows);
  const down = () => {
    row++;
    while (grid.length <= row) grid.push([]);
  };
  const put = (grapheme: string) => {
    const width = graphemeWidth(grapheme);
    if (wraps || column + width > columns) {
      if (modes.has("?7")) {
        down();
        column = 0;
      } else column = columns - width;
    }
    const line = grid[row]!;
    while (line.length < column) line.push(" ");
    line.splice(column, width, grapheme, ...Array.from({ length: width - 1 }, () => ""));
    column += width;
    wraps = column >= columns;
    if (wraps) column = columns - 1;
  };
  const command = (mark: string, number: string, final: string) => {
    wraps = false;
    if (mark === "?") {
      if (final === "h") modes.add(`?${number}`);
      else if (final === "l") modes.delete(`?${number}`);
      else throw new Error(`unknown mode ${number}${final}`);
      return;
    }
    const count = Number(number || "1");
    if (final === "A") row = Math.max(top(), row - count);
    else if (final === "B") row = Math.min(grid.length - 1, row + count);
    else if (final === "G") column = Math.min(columns, count) - 1;
    else if (final === "K" && number === "2") grid[row] = [];
    else if (final === "J" && number === "2") {
      for (let i = top(); i < grid.length; i++) grid[i] = [];
    } else if (final === "H" && number === "") {
      row = top();
      column = 0;
    } else if (final !== "m") throw new Error(`unknown sequence ${number}${final}`);
  };
  return {
    write: (text) => {
      TOKEN.lastIndex = 0;
      for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
        const match = TOKEN.exec(text);
        if (!match) throw new Error(`unknown sequence ${JSON.stringify(text.slice(at, at + 20))}`);
        const [token, mark = "", number = "", final] = match;
        if (final !== undefined) command(mark, number, final);
        else if (token === "\r") column = 0;
        else if (token === "\n") {
          // A terminal in raw mode still moves to the first column, as libuv leaves ONLCR on.
          down();
          column = 0;
        } else for (const grapheme of graphemes(token)) put(grapheme);
        if (token === "\r" || token === "\n") wraps = false;
      }
    },
    lines: () => {
      const lines = grid.map((line) => line.join("").trimEnd());
      return lines.slice(
        0,
        Math.max(
          row,
          lines.findLastIndex((line) => line !== ""),
        ) + 1,
      );
    },
    cursor: () => ({ row, column }),
    modes: () => modes,
  };
}
