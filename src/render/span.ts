import { displayWidth } from "../width.ts";
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
  return spans
    .slice(0, last + 1)
    .map(({ text, style }, i) => style(i === last ? text.trimEnd() : text))
    .join("");
}

export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((width, { text }) => width + displayWidth(text), 0);
}
