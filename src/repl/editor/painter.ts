import { displayWidth, graphemes, padStart, truncate } from "../../width.ts";
import { cellOf, shownText } from "./cells.ts";
import { createRows, type Row } from "./rows.ts";

/**
 * From what is being edited to rows of the screen.
 *
 * 1. The first row begins with the prompt, the others are indented as far: a row that begins a new
 *    line of the text has `│` there, a row that goes on with one has nothing.
 * 2. The last column stays free, so that the cursor has a place after a full row and no terminal
 *    wraps by itself.
 * 3. A text that is higher than half the screen scrolls in a window; `↑` and `↓` stand where it
 *    goes on.
 */
export interface Scene {
  readonly prompt: string;
  readonly text: string;
  readonly cursor: number;
  /** A piece of the text to stand out. */
  readonly match?: Span | undefined;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface FrameRow {
  readonly shown: string;
  readonly width: number;
}

export interface Frame {
  readonly rows: readonly FrameRow[];
  readonly cursor: { readonly row: number; readonly column: number };
}

export type Style = (text: string) => string;

export interface PaintStyles {
  readonly prompt: Style;
  /** Signs at the left, and escapes in the text. */
  readonly dim: Style;
  readonly match: Style;
}

export interface Painter {
  /** The window with the cursor in it. */
  paint(scene: Scene, size: Size): Frame;
  /** The beginning, as it stays on the screen when it is edited no more. */
  still(scene: Scene, size: Size): Frame;
}

export function createPainter(styles: PaintStyles): Painter {
  const rows = createRows();
  let top = 0;
  /** The first row of a window of this height, moved no further than the cursor needs. */
  const scroll = (cursorRow: number, height: number): number => {
    let first = Math.min(cursorRow, Math.max(top, cursorRow - height + 1));
    while (first > 0 && !rows.at(first + height - 1)) first--;
    return first;
  };
  const begin = (scene: Scene, size: Size): Margins => {
    const margins = marginsOf(scene.prompt, size.columns);
    rows.set(scene.text, { first: room(size, margins.prompt), others: room(size, margins.indent) });
    return margins;
  };
  const visible = (first: number, height: number): Row[] =>
    Array.from({ length: height }, (_, i) => rows.at(first + i)).filter((row) => row !== undefined);
  return {
    paint: (scene, size) => {
      const margins = begin(scene, size);
      const height = heightOf(size);
      const cursorRow = rows.indexOf(scene.cursor);
      top = scroll(cursorRow, height);
      const more = { above: top > 0, below: rows.at(top + height) !== undefined };
      const shown = visible(top, height);
      const frameRows = shown.map((row, i) => {
        const sign = signOf(rows.at(top + i - 1), {
          above: more.above && i === 0,
          below: more.below && i === height - 1,
        });
        return paintRow(scene, row, top + i === 0 ? undefined : sign, margins, styles);
      });
      const { from = 0 } = rows.at(cursorRow) ?? {};
      const before = paintText(scene, { from, to: scene.cursor }, 0, styles).width;
      const margin = cursorRow === 0 ? margins.prompt : margins.indent;
      const column = Math.min(margin + before, size.columns - 1);
      return { rows: frameRows, cursor: { row: cursorRow - top, column } };
    },
    still: (scene, size) => {
      const margins = begin(scene, size);
      const height = heightOf(size);
      const long = rows.at(height) !== undefined;
      const shown = visible(0, long ? height - 1 : height);
      const frameRows = shown.map((row, i) =>
        paintRow(scene, row, i === 0 ? undefined : signOf(rows.at(i - 1)), margins, styles),
      );
      if (long) frameRows.push(restRow(scene.text.length - (shown.at(-1)?.to ?? 0), styles));
      const last = frameRows.length - 1;
      return { rows: frameRows, cursor: { row: last, column: frameRows[last]?.width ?? 0 } };
    },
  };
}

interface Margins {
  readonly shownPrompt: string;
  /** Columns of the prompt. */
  readonly prompt: number;
  /** Columns before the text in the rows after the first. */
  readonly indent: number;
}

/** A prompt that takes more than a third of the row is not indented after. */
function marginsOf(prompt: string, columns: number): Margins {
  const shownPrompt = truncate(shownText(prompt), Math.floor((columns * 2) / 3));
  const width = displayWidth(shownPrompt);
  const indent = columns < 12 ? 0 : width * 3 > columns ? 2 : Math.max(width, 2);
  return { shownPrompt, prompt: width, indent };
}

function room({ columns }: Size, margin: number): number {
  return Math.max(2, columns - margin - 1);
}

/** Half the screen, so that there is room for what is printed above. */
function heightOf({ rows }: Size): number {
  return Math.max(1, Math.min(rows - 1, Math.max(3, Math.floor(rows / 2))));
}

function signOf(before: Row | undefined, more = { above: false, below: false }): string {
  if (more.above && more.below) return "↕";
  if (more.above) return "↑";
  if (more.below) return "↓";
  return before?.end === "newline" ? "│" : "";
}

/** @param sign what stands at the left; undefined where the prompt stands */
function paintRow(
  scene: Scene,
  row: Row,
  sign: string | undefined,
  { shownPrompt, prompt, indent }: Margins,
  styles: PaintStyles,
): FrameRow {
  const margin = sign === undefined ? prompt : indent;
  const left =
    sign === undefined
      ? styles.prompt(shownPrompt)
      : indent > 0
        ? gutter(sign, indent, styles)
        : "";
  const { shown, width } = paintText(scene, row, margin, styles);
  return { shown: left + shown, width: margin + width };
}

function gutter(sign: string, indent: number, { dim }: PaintStyles): string {
  const text = padStart(`${sign} `, indent);
  return sign === "" ? text : dim(text);
}

function restRow(length: number, { dim }: PaintStyles): FrameRow {
  const text = `↓ … ${length.toLocaleString("en")} more characters`;
  return { shown: dim(text), width: displayWidth(text) };
}

const PRINTABLE = /^[\x20-\x7e]*$/;

/** @param margin the column of the screen where the row's text begins */
function paintText(
  { text, match }: Scene,
  { from, to }: Span,
  margin: number,
  styles: PaintStyles,
): FrameRow {
  const marked = match && { from: clamp(match.from, from, to), to: clamp(match.to, from, to) };
  if (!marked || marked.from === marked.to)
    return paintCells(text.slice(from, to), 0, margin, styles);
  const before = paintCells(text.slice(from, marked.from), 0, margin, styles);
  const found = paintCells(text.slice(marked.from, marked.to), before.width, margin, styles);
  const width = before.width + found.width;
  const after = paintCells(text.slice(marked.to, to), width, margin, styles);
  const shown = before.shown + styles.match(found.shown) + after.shown;
  return { shown, width: width + after.width };
}

/** @param column where the piece begins, counted from the margin */
function paintCells(piece: string, column: number, margin: number, styles: PaintStyles): FrameRow {
  if (PRINTABLE.test(piece)) return { shown: piece, width: piece.length };
  let shown = "";
  let at = column;
  for (const grapheme of graphemes(piece)) {
    const cell = cellOf(grapheme, at);
    at += cell.width;
    shown += cell.escaped ? styles.dim(cell.shown) : cell.shown;
    // Whatever the terminal thinks of its width, the next one stands where it should.
    if (cell.doubtful) shown += `\u001b[${margin + at + 1}G`;
  }
  return { shown, width: at - column };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
