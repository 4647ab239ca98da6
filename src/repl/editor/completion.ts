import { displayWidth, padEnd, truncate } from "../../width.ts";
import { shownText } from "./cells.ts";

/** What could stand in place of the text from an offset up to the cursor. */
export interface Completion {
  readonly from: number;
  readonly candidates: readonly string[];
}

/** More than so many are counted, not listed. */
const MAX_LISTED = 200;
/** Of a candidate no more is looked at: a peer's names may be of any length. */
const MAX_SHOWN = 500;

/** The longest beginning that all have. */
export function commonPrefix(candidates: readonly string[]): string {
  const [first = "", ...others] = candidates;
  const chars = Array.from(first);
  let length = chars.length;
  for (const other of others) {
    const theirs = Array.from(other);
    let same = 0;
    while (same < length && theirs[same] === chars[same]) same++;
    length = same;
  }
  return chars.slice(0, length).join("");
}

/** The candidates in columns, read downwards, as many columns as there is room for. */
export function inColumns(candidates: readonly string[], width: number): string[] {
  const cells = candidates
    .slice(0, MAX_LISTED)
    .map((text) => truncate(shownText(text.slice(0, MAX_SHOWN)), width - 1));
  const cellWidth = Math.max(...cells.map(displayWidth), 1) + 2;
  const perRow = Math.max(1, Math.floor((width + 1) / cellWidth));
  const height = Math.ceil(cells.length / perRow);
  const lines = Array.from({ length: height }, (_, row) =>
    cells
      .filter((_cell, i) => i % height === row)
      .map((cell) => padEnd(cell, cellWidth))
      .join("")
      .trimEnd(),
  );
  const more = candidates.length - cells.length;
  return more > 0 ? [...lines, `… and ${more} more`] : lines;
}
