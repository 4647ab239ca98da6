import { graphemes, graphemeWidth } from "../../width.ts";

/** How one grapheme of the input stands on the screen. */
export interface Cell {
  readonly shown: string;
  /** Columns that it takes. */
  readonly width: number;
  /** True where an escape is shown in its place. */
  readonly escaped: boolean;
  /** True where terminals differ about its width, so that what follows has to be put in its place. */
  readonly doubtful: boolean;
}

/** Tabs are of this width inside the input, counted from where the text of the row begins. */
const TAB = 4;
/** Has no look of its own, or one that moves others: control and format characters, lone surrogates. */
const HIDDEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]$/u;
/** Joiners and tags are part of emoji and of some scripts, never of a letter in ASCII. */
const JOINED_TO_ASCII = /(?<=^[\x20-\x7e][\p{M}\p{Cf}]*)\p{Cf}/gu;
const PRINTABLE = /^[\x20-\x7e]*$/;
const PLAIN = /^[\p{L}\p{N}]$/u;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** @param column where it stands in its row, on which the width of a tab depends */
export function cellOf(grapheme: string, column: number): Cell {
  if (grapheme === "\t") {
    const width = TAB - (column % TAB);
    return { shown: " ".repeat(width), width, escaped: false, doubtful: false };
  }
  if (PRINTABLE.test(grapheme)) return plain(grapheme, grapheme.length);
  const shown = escaped(grapheme);
  if (shown !== grapheme) return { ...plain(shown, shown.length), escaped: true };
  const width = graphemeWidth(grapheme);
  // A mark that stands alone would else join what is before it.
  if (width === 0) return { ...plain(`◌${grapheme}`, 1), doubtful: true };
  return { ...plain(grapheme, width), doubtful: !PLAIN.test(grapheme) };
}

/** The text as it is shown where it is not edited: on one line, with nothing hidden in it. */
export function shownText(text: string): string {
  return PRINTABLE.test(text) ? text : graphemes(text).map(escaped).join("");
}

function plain(shown: string, width: number): Cell {
  return { shown, width, escaped: false, doubtful: false };
}

function escaped(grapheme: string): string {
  if (HIDDEN.test(grapheme)) return escapeOf(grapheme);
  return grapheme.replace(JOINED_TO_ASCII, escapeOf);
}

/** As frames show it: `\x1b`, `\u202e`, `\u{e0001}`. */
function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return SHORT[char] ?? `\\x${hex.padStart(2, "0")}`;
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
