import { segmentsOf } from "../../width.ts";

/**
 * The text that is being edited and where the cursor stands in it: values, and functions that say
 * where a motion leads. Offsets count UTF-16 units and lie between graphemes. The text may be
 * megabytes long, so that a motion looks at no more of it than it must.
 */
export interface Line {
  readonly text: string;
  readonly cursor: number;
}

/** What one change did: at this offset, this was taken out and that put in. */
export interface Edit {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
}

/** Where the cursor goes. */
export type Motion = (line: Line) => number;

export const EMPTY: Line = { text: "", cursor: 0 };

/** Segmenting a long text at once takes time that grows faster than the text. */
const NEARBY = 64;
const WORD = /[\p{L}\p{M}\p{N}_]/u;
const NOT_WORD = /[^\p{L}\p{M}\p{N}_]/u;
const BLANK = /\s/u;
const NOT_BLANK = /\S/u;

export function nextGrapheme({ text, cursor }: Line): number {
  for (let length = NEARBY; ; length *= 2) {
    const nearby = text.slice(cursor, cursor + length);
    const end = segmentsOf(nearby).containing(0)?.segment.length ?? 0;
    if (end < nearby.length || cursor + end >= text.length) return cursor + end;
  }
}

export function previousGrapheme({ text, cursor }: Line): number {
  if (cursor === 0) return 0;
  for (let length = NEARBY; ; length *= 2) {
    const from = Math.max(0, cursor - length);
    const nearby = text.slice(from, cursor);
    const index = segmentsOf(nearby).containing(nearby.length - 1)?.index ?? 0;
    if (index > 0 || from === 0) return from + index;
  }
}

/** After the word that the cursor is in or before. */
export function wordRight({ text, cursor }: Line): number {
  return forward(text, forward(text, cursor, NOT_WORD), WORD);
}

/** Before the word that the cursor is in or after. */
export function wordLeft({ text, cursor }: Line): number {
  return back(text, back(text, cursor, NOT_WORD), WORD);
}

/** Before what stands between blanks to the left. */
export function blankLeft({ text, cursor }: Line): number {
  return back(text, back(text, cursor, BLANK), NOT_BLANK);
}

export function lineStart({ text, cursor }: Line): number {
  return cursor === 0 ? 0 : text.lastIndexOf("\n", cursor - 1) + 1;
}

export function lineEnd({ text, cursor }: Line): number {
  const end = text.indexOf("\n", cursor);
  return end === -1 ? text.length : end;
}

export function textStart(): number {
  return 0;
}

export function textEnd({ text }: Line): number {
  return text.length;
}

/** The same place one line up, or undefined in the first. */
export function lineAbove(line: Line): number | undefined {
  const start = lineStart(line);
  if (start === 0) return undefined;
  return atPlace(line.text, lineStart({ ...line, cursor: start - 1 }), place(line));
}

/** The same place one line down, or undefined in the last. */
export function lineBelow(line: Line): number | undefined {
  const end = lineEnd(line);
  if (end === line.text.length) return undefined;
  return atPlace(line.text, end + 1, place(line));
}

/** How many graphemes stand before the cursor in its line, as far as that is worth counting. */
function place(line: Line): number {
  const start = lineStart(line);
  let count = 0;
  for (let cursor = line.cursor; cursor > start && count < 1000; count++) {
    cursor = previousGrapheme({ text: line.text, cursor });
  }
  return count;
}

function atPlace(text: string, start: number, count: number): number {
  const end = lineEnd({ text, cursor: start });
  let cursor = start;
  for (let i = 0; i < count && cursor < end; i++) cursor = nextGrapheme({ text, cursor });
  return cursor;
}

function forward(text: string, from: number, over: RegExp): number {
  let at = from;
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (!over.test(char)) break;
    at += char.length;
  }
  return at;
}

function back(text: string, from: number, over: RegExp): number {
  let at = from;
  while (at > 0) {
    const low = /[\udc00-\udfff]/.test(text[at - 1] ?? "") && at > 1;
    const before = low && /[\ud800-\udbff]/.test(text[at - 2] ?? "") ? at - 2 : at - 1;
    if (!over.test(text.slice(before, at))) break;
    at = before;
  }
  return at;
}

/** The line with a piece of it replaced, the cursor after what was put in. */
export function replace(
  { text }: Line,
  from: number,
  to: number,
  inserted: string,
): { readonly line: Line; readonly edit: Edit } {
  const line = {
    text: text.slice(0, from) + inserted + text.slice(to),
    cursor: from + inserted.length,
  };
  return { line, edit: { at: from, removed: text.slice(from, to), inserted } };
}

/** The line as it was before the edit, the cursor where the edit was. */
export function revert(line: Line, { at, removed, inserted }: Edit): Line {
  return replace(line, at, at + inserted.length, removed).line;
}
