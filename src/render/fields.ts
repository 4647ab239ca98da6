import { displayWidth, wrapColumns } from "../width.ts";
import { escapeControl } from "./escape.ts";
import { renderSpans, type Span, span, spansWidth } from "./span.ts";
import { plain, type Style, type Theme } from "./theme.ts";

/** What a line is made of: it may break before each piece, but not within one. */
export interface Piece extends Span {
  /** Stands between this piece and the one before it on the same line. */
  readonly glue: string;
}

export interface FieldOptions {
  readonly theme: Theme;
  /** Columns of a line. */
  readonly columns: number;
}

export const LABEL_COLUMNS = 13;
const DOT = " · ";

/** A piece after a dot in the middle; hostile characters are escaped. */
export function piece(text: string, style: Style = plain, glue = DOT): Piece {
  return { ...span(escapeControl(text), style), glue };
}

/** A text that may break between its words. */
export function words(text: string, style: Style = plain, glue = DOT): Piece[] {
  return text.split(" ").map((word, i) => piece(word, style, i === 0 ? glue : " "));
}

/** Lines with a label before the first one and as much space before the others. */
export function field(
  label: string,
  pieces: readonly Piece[],
  { theme, columns }: FieldOptions,
): string[] {
  const side = Math.max(LABEL_COLUMNS, displayWidth(label) + 1);
  return flow(pieces, Math.max(10, columns - LABEL_COLUMNS), side - LABEL_COLUMNS).map((line, i) =>
    i === 0
      ? `${theme.dim(label.padEnd(side))}${renderSpans(line)}`
      : `${" ".repeat(LABEL_COLUMNS)}${renderSpans(line)}`,
  );
}

/** The pieces in lines of at most so many columns; `used` of the first are taken. */
function flow(pieces: readonly Piece[], columns: number, used: number): Span[][] {
  const lines: Span[][] = [[]];
  let width = used;
  for (const { text, style, glue } of pieces.flatMap((one) => breakPiece(one, columns))) {
    const line = lines.at(-1) ?? [];
    const added = displayWidth(text) + (line.length > 0 ? glue.length : 0);
    if (line.length > 0 && width + added > columns) {
      // A dot only separates, and at the end of a line that is done; a plus or a word says something.
      const start = glue === DOT ? "" : glue.trimStart();
      lines.push([span(start + text, style)]);
      width = spansWidth(lines.at(-1) ?? []);
      continue;
    }
    if (line.length > 0) append(line, span(glue, glue === " " ? style : plain));
    append(line, span(text, style));
    width += added;
  }
  return lines;
}

/** What is longer than a line is cut. */
function breakPiece(one: Piece, columns: number): Piece[] {
  if (displayWidth(one.text) <= columns) return [one];
  return wrapColumns(one.text, columns).map((text, i) => ({
    ...one,
    text,
    glue: i === 0 ? one.glue : "",
  }));
}

function append(line: Span[], one: Span): void {
  const last = line.at(-1);
  if (last?.style === one.style) line[line.length - 1] = span(last.text + one.text, one.style);
  else line.push(one);
}
