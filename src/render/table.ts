import Table from "cli-table3";
import type { Theme } from "./theme.ts";

export interface TableSpec {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** One for each column; default: the first to the left, numbers to the right. */
  readonly align?: readonly ("left" | "right" | "center")[];
}

/** No borders: columns are told apart by space alone. */
const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Lines of a table; cells are plain text that is escaped already. */
export function tableLines(
  { head, rows, align }: TableSpec,
  theme: Pick<Theme, "header">,
): string[] {
  const table = new Table({
    chars: NO_BORDERS,
    // cli-table3 would color heads and borders by itself, also where nothing is to be colored.
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: [...(align ?? head.map((_, i) => (i === 0 ? "left" : "right")))],
  });
  table.push([...head], ...rows.map((row) => [...row]));
  const [first = "", ...rest] = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  return [theme.header(first), ...rest];
}
