import { wrapWords } from "../width.ts";
import { renderSpans, type Span, span, spansWidth } from "./span.ts";
import type { Theme } from "./theme.ts";

/**
 * Items in lines with dots between them, as many as fit beside each other; one that is too long for
 * a line breaks between its words.
 */
export function itemLines(
  items: readonly Span[],
  { dim }: Pick<Theme, "dim">,
  columns: number,
): string[] {
  const lines: Span[][] = [];
  const pieces = items.flatMap(({ text, style }) =>
    wrapWords(text, columns).map((piece) => span(piece, style)),
  );
  for (const piece of pieces) {
    const line = lines.at(-1);
    const longer = line ? [...line, span(" · ", dim), piece] : [piece];
    if (line && spansWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push([piece]);
  }
  return lines.map(renderSpans);
}
