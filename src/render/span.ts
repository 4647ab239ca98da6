import { displayWidth, wrapColumns } from "../width.ts";
import { plain, type Style } from "./theme.ts";

/** A piece of a line: its width is measured before its style is applied. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

export function span(text: string, style: Style = plain): Span {
  return { text, style };
}

/** The styled text as it is. */
export function styleSpans(spans: readonly Span[]): string {
  return spans.map(({ text, style }) => style(text)).join("");
}

/** The styled line; spaces at its end are left away. */
export function renderSpans(spans: readonly Span[]): string {
  const last = spans.findLastIndex(({ text }) => text.trimEnd() !== "");
  // Without arrays between, because there may be millions of lines.
  let line = "";
  let i = 0;
  for (const { text, style } of spans) {
    if (i > last) break;
    line += style(i === last ? text.trimEnd() : text);
    i += 1;
  }
  return line;
}

export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((width, { text }) => width + displayWidth(text), 0);
}

/** The spans in lines of at most so many columns, however the words fall. */
export function wrapSpans(spans: readonly Span[], columns: number): Span[][] {
  const lines: Span[][] = [[]];
  for (const { text, style } of spans) {
    const room = columns - spansWidth(lines.at(-1) ?? []);
    const [first = ""] = wrapColumns(text, room);
    const fits = displayWidth(first) <= room;
    if (fits) lines.at(-1)?.push(span(first, style));
    const rest = fits ? text.slice(first.length) : text;
    if (rest === "") continue;
    lines.push(...wrapColumns(rest, columns).map((piece) => [span(piece, style)]));
  }
  return lines;
}
