import { segmentsOf } from "../../width.ts";
import { cellOf } from "./cells.ts";

/** A piece of the text that stands in one row of the screen. */
export interface Row {
  readonly from: number;
  /** Without the newline. */
  readonly to: number;
  readonly end: "newline" | "wrap" | "text";
}

/** Columns that there are for text. */
export interface Widths {
  readonly first: number;
  readonly others: number;
}

/**
 * The text in rows. They are found when they are asked for, and those before a change are kept: a
 * key typed into a megabyte costs no more than the rows that are seen.
 */
export interface Rows {
  set(text: string, widths: Widths): void;
  at(index: number): Row | undefined;
  /** The row that the offset stands in; between two rows of one line it is the later. */
  indexOf(offset: number): number;
}

export function createRows(): Rows {
  let text = "";
  let widths: Widths = { first: 0, others: 0 };
  const rows: Row[] = [];
  const extend = (): boolean => {
    const last = rows.at(-1);
    if (last?.end === "text") return false;
    const from = last ? last.to + (last.end === "newline" ? 1 : 0) : 0;
    rows.push(breakRow(text, from, rows.length === 0 ? widths.first : widths.others));
    return true;
  };
  return {
    set: (newText, newWidths) => {
      const same = newWidths.first === widths.first && newWidths.others === widths.others;
      const changed = same ? commonLength(text, newText) : 0;
      // What is changed may join the row before, so that one row more is found anew.
      if (!same || newText !== text) {
        rows.length = Math.max(0, firstAfter(rows, changed) - 2);
      }
      text = newText;
      widths = newWidths;
    },
    at: (index) => {
      while (rows.length <= index && extend());
      return rows[index];
    },
    indexOf: (offset) => {
      while ((rows.at(-1)?.to ?? -1) <= offset && extend());
      return Math.max(0, firstAfter(rows, offset) - 1);
    },
  };
}

/** How many rows begin at the offset or before it. */
function firstAfter(rows: readonly Row[], offset: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.from ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How much the two begin with alike; comparing slices is far quicker than comparing characters. */
function commonLength(a: string, b: string): number {
  let low = 0;
  let high = Math.min(a.length, b.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (a.slice(low, middle) === b.slice(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** One code unit, one grapheme, a width that is known: ASCII, Latin-1, Greek, Cyrillic, kana, Han, Hangul. */
const SIMPLE =
  /^[ -~\u00a1-\u00ac\u00ae-\u02af\u0391-\u03a9\u03b1-\u03c9\u0400-\u0481\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/;
const NARROW = /^[ -\u0481]*$/;

function breakRow(text: string, from: number, width: number): Row {
  const near = text.slice(from, from + width + 1);
  const newline = near.indexOf("\n");
  const line = newline === -1 ? near : near.slice(0, newline);
  if (!SIMPLE.test(line)) return breakGraphemes(text, from, width);
  const length = NARROW.test(line) ? Math.min(line.length, width) : fitting(line, width);
  const to = from + length;
  if (length < line.length) return { from, to, end: "wrap" };
  if (newline !== -1) return { from, to, end: "newline" };
  return { from, to, end: "text" };
}

/** How many of these characters fit, but at least one. */
function fitting(line: string, width: number): number {
  let column = 0;
  for (let i = 0; i < line.length; i++) {
    column += line.charCodeAt(i) < 0x1100 ? 1 : 2;
    if (column > width) return Math.max(i, 1);
  }
  return line.length;
}

function breakGraphemes(text: string, from: number, width: number): Row {
  for (let length = width * 4 + 64; ; length *= 2) {
    const near = text.slice(from, from + length);
    const row = breakNear(near, from, width);
    // The last grapheme may go on after what was looked at.
    if (row && (row.to < from + near.length || from + near.length === text.length)) {
      return row.end === "text" && row.to < text.length ? { ...row, end: "wrap" } : row;
    }
  }
}

function breakNear(near: string, from: number, width: number): Row | undefined {
  let column = 0;
  for (const { segment, index } of segmentsOf(near)) {
    const to = from + index;
    if (segment === "\n") return { from, to, end: "newline" };
    const cell = cellOf(segment, column);
    if (column + cell.width > width && index > 0) return { from, to, end: "wrap" };
    column += cell.width;
  }
  return { from, to: from + near.length, end: "text" };
}
