/**
 * How wide text stands in a terminal, and how to fit it. What is measured is plain text: escaped
 * first, styled afterwards.
 */

/** ASCII, and the signs with which our own lines are drawn: each is a character of one column. */
const NARROW = /^[\x20-\x7e\u00b7\u00d7\u2013\u2026\u2190\u2192\u2500-\u257f\u25cb\u25cf]*$/;
/** East Asian Wide and Fullwidth, in the blocks that matter; emoji; what VS16 makes an emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
/** What takes no column by itself: marks, joiners, the later jamo of a Hangul syllable. */
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/gu;

let segmenter: Intl.Segmenter | undefined;

/** The text by what the reader takes for one character: code points with their marks and joiners. */
export function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

export function graphemes(text: string): string[] {
  return Array.from(segmentsOf(text), ({ segment }) => segment);
}

/** Columns that one grapheme takes; where terminals differ, the larger number. */
export function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return Array.from(grapheme.replace(ZERO, "")).length;
}

/** Columns that the text takes. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text in at most so many columns, with `…` where something is left out. */
export function truncate(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY || displayWidth(text) <= columns) return text;
  return columns < 1 ? "" : `${split(text, columns - 1)[0] ?? ""}…`;
}

/** The text in pieces of at most so many columns, however the words fall. */
export function wrapColumns(text: string, columns: number): string[] {
  return split(text, Math.max(columns, 2));
}

/** The text in lines of at most so many columns, broken between words where that is possible. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = wrapColumns(word, columns);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line];
}

/** Fills with spaces on the right. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** Fills with spaces on the left. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/** Fills with spaces on both sides, the odd one on the right. */
export function center(text: string, columns: number): string {
  const before = Math.max(0, Math.floor((columns - displayWidth(text)) / 2));
  return padEnd(" ".repeat(before) + text, columns);
}

function split(text: string, columns: number): string[] {
  if (columns >= 1 && NARROW.test(text)) return slices(text, columns);
  const pieces: string[] = [];
  let piece = "";
  let width = 0;
  for (const grapheme of graphemes(text)) {
    const added = graphemeWidth(grapheme);
    if (width + added > columns) {
      pieces.push(piece);
      piece = "";
      width = 0;
    }
    piece += grapheme;
    width += added;
  }
  return [...pieces, piece];
}

/** As long as `columns` each; the last one may be shorter. */
function slices(text: string, columns: number): string[] {
  const pieces = [text.slice(0, columns)];
  for (let at = columns; at < text.length; at += columns) pieces.push(text.slice(at, at + columns));
  return pieces;
}
