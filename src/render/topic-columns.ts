import { displayWidth, padEnd, wrapWords } from "../width.ts";
import type { FieldOptions } from "./fields.ts";

/** A wider left part has a line to itself. */
const MAX_LEFT = 28;

/** Rows of two columns under a heading; the right one is wrapped beside the left. */
export function columnsUnder(
  topic: string,
  rows: readonly (readonly [left: string, right: string])[],
  { theme, columns }: FieldOptions,
): string[] {
  const widths = rows.map(([left]) => displayWidth(left)).filter((width) => width <= MAX_LEFT);
  const left = Math.max(0, ...widths);
  const indent = " ".repeat(left + 4);
  const lines = rows.flatMap(([name, meaning]) => {
    const wrapped = wrapWords(meaning, Math.max(20, columns - left - 4));
    const beside = displayWidth(name) <= left;
    const first = beside
      ? [`  ${padEnd(name, left)}  ${wrapped.shift() ?? ""}`.trimEnd()]
      : ownLines(name, columns);
    return [...first, ...wrapped.map((line) => indent + line)];
  });
  return topic === "" ? lines : [theme.header(topic), ...lines];
}

function ownLines(name: string, columns: number): string[] {
  if (displayWidth(name) + 2 <= columns) return [`  ${name}`];
  return wrapWords(name, columns - 4).map((line, n) => (n === 0 ? "  " : "    ") + line);
}
