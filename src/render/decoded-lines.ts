import type { Decoded, DecodedEntry, DecodedValue } from "../decode/decoded.ts";
import { truncate } from "../width.ts";
import { escapeControl } from "./escape.ts";
import { formatCount } from "./format.ts";
import { hexDigits } from "./hexdump.ts";
import type { PayloadSpace, ShownPayload } from "./payload-lines.ts";
import { renderSpans, type Span, span, spansWidth, wrapSpans } from "./span.ts";
import type { Style, Theme } from "./theme.ts";

/**
 * A payload that was decoded, as lines that look like JSON:
 *
 * 1. A value that takes one line stands on the frame's where it fits, all else below, indented.
 * 2. Lists of plain values stay on one line while that is short.
 * 3. At most `maxPrint` characters are shown, indentation not counted; what is left out is told.
 * 4. Where the bytes stopped making sense stands last, as what breaks a rule does.
 */
export function showDecoded(
  { values, stopped }: Decoded,
  { theme, columns, indent, maxPrint, room }: PayloadSpace,
): ShownPayload {
  const page = new Page(theme, maxPrint);
  for (const value of values) page.value(value, [], []);
  const [first = []] = page.lines;
  if (!stopped && page.total === 1 && page.lines.length === 1 && spansWidth(first) <= room) {
    return { inline: first, below: [], indent };
  }
  // A log file has no edge.
  const width = Number.isFinite(room) ? columns - indent : Number.POSITIVE_INFINITY;
  const below = page.lines.flatMap((line) => wrapSpans(line, width)).map(renderSpans);
  const left = page.total - page.lines.length;
  if (left > 0) {
    const shown = `${formatCount(page.lines.length)} of ${formatCount(page.total)} lines`;
    below.push(theme.dim(`… ${shown}`));
  }
  if (stopped) {
    const where = `! stopped at byte ${formatCount(stopped.offset)}: `;
    const line = [span(where + escapeControl(stopped.message), theme.warn)];
    below.push(...wrapSpans(line, width).map(renderSpans));
  }
  return { inline: [], below, indent };
}

const INDENT = 2;
/** Deeper levels are not indented further, or a line would be all indentation. */
const MAX_INDENT = 40;
/** A list in brackets is no longer than this. */
const MAX_LIST_COLUMNS = 60;

class Page {
  readonly #theme: Theme;
  readonly lines: Span[][] = [];
  /** Lines in all, of which those in `lines` are shown. */
  total = 0;
  /** Characters that may still be shown. */
  #left: number;
  readonly #maxText: number;
  #depth = 0;

  constructor(theme: Theme, maxPrint: number) {
    this.#theme = theme;
    this.#left = maxPrint;
    this.#maxText = maxPrint;
  }

  /** @param before what stands before the value on its line, and @param after behind it */
  value(value: DecodedValue | undefined, before: readonly Span[], after: readonly Span[]): void {
    if (value === undefined) return this.#line([...before, this.#dim("…"), ...after]);
    if (value.kind === "tagged") {
      const tag = [...before, span(`${escapeControl(value.tag)} `, this.#theme.dim)];
      return this.value(value.value, tag, [...this.#note(value), ...after]);
    }
    const behind = [...this.#note(value), ...after];
    if (value.kind === "map") return this.#group("{}", value.entries, before, behind);
    const short = this.#shortList(value);
    if (short) return this.#line([...before, ...short, ...behind]);
    if (value.kind === "list") return this.#group("[]", value.items, before, behind);
    return this.#line([...before, this.#scalar(value), ...behind]);
  }

  #note({ note }: DecodedValue): Span[] {
    return note === undefined ? [] : [this.#dim(`  ${escapeControl(note)}`)];
  }

  #group(
    brackets: string,
    parts: readonly (DecodedValue | DecodedEntry)[],
    before: readonly Span[],
    after: readonly Span[],
  ): void {
    const [open = "", close = ""] = brackets;
    if (parts.length === 0) return this.#line([...before, this.#dim(brackets), ...after]);
    this.#line([...before, this.#dim(open)]);
    this.#depth += 1;
    parts.forEach((part, i) => {
      const comma = i < parts.length - 1 ? [this.#dim(",")] : [];
      if ("kind" in part) this.value(part, [], comma);
      else this.value(part.value, [...this.#key(part.key), this.#dim(": ")], comma);
    });
    this.#depth -= 1;
    this.#line([this.#dim(close), ...after]);
  }

  /** A key that has parts itself is told in one line. */
  #key(key: DecodedEntry["key"]): Span[] {
    if (typeof key === "string") return [span(escapeControl(key), this.#theme.key)];
    if (isScalar(key)) return [span(this.#scalar(key).text, this.#theme.key)];
    const inner = new Page(this.#theme, MAX_LIST_COLUMNS);
    inner.value(key, [], []);
    const text = inner.lines
      .map((line) =>
        line
          .map((part) => part.text)
          .join("")
          .trim(),
      )
      .join(" ");
    return [span(truncate(text, MAX_LIST_COLUMNS), this.#theme.key)];
  }

  #shortList(value: DecodedValue): Span[] | undefined {
    if (value.kind !== "list" || value.items.length === 0) return undefined;
    if (value.items.length > MAX_LIST_COLUMNS / 3 || !value.items.every(isPlain)) return undefined;
    const spans = value.items.flatMap((item, i) => [
      ...(i === 0 ? [] : [this.#dim(", ")]),
      this.#scalar(item),
    ]);
    const line = [this.#dim("["), ...spans, this.#dim("]")];
    return spansWidth(line) <= MAX_LIST_COLUMNS ? line : undefined;
  }

  #scalar(value: DecodedValue): Span {
    const theme = this.#theme;
    switch (value.kind) {
      case "text":
        return this.#cut(value.text, 1, quoted, theme.string);
      case "number":
        return this.#cut(value.digits, 1, (text) => text, theme.number);
      case "bytes":
        return this.#cut(value.bytes, 2, hexQuoted, theme.string);
      default:
        return span(value.kind === "word" ? escapeControl(value.word) : "…", theme.literal);
    }
  }

  /** What is longer than all that may be shown is cut, and its length told. */
  #cut<T extends string | Uint8Array>(
    whole: T,
    columnsEach: number,
    show: (part: T) => string,
    style: Style,
  ): Span {
    const room = Math.max(1, Math.floor(this.#maxText / columnsEach));
    if (whole.length <= room) return span(show(whole), style);
    const unit = typeof whole === "string" ? "characters" : "B";
    const shown = `${formatCount(room)} of ${formatCount(whole.length)} ${unit}`;
    return span(`${show(whole.slice(0, room) as T)} … ${shown}`, style);
  }

  #dim(text: string): Span {
    return span(text, this.#theme.dim);
  }

  #line(spans: readonly Span[]): void {
    this.total += 1;
    if (this.#left <= 0) return;
    this.#left -= spans.reduce((sum, { text }) => sum + text.length, 0);
    const indent = " ".repeat(Math.min(this.#depth * INDENT, MAX_INDENT));
    this.lines.push(indent === "" ? [...spans] : [span(indent), ...spans]);
  }
}

function isScalar({ kind }: DecodedValue): boolean {
  return kind === "text" || kind === "number" || kind === "word" || kind === "bytes";
}

function isPlain(value: DecodedValue): boolean {
  return isScalar(value) && value.note === undefined;
}

function quoted(text: string): string {
  return escapeControl(JSON.stringify(text));
}

function hexQuoted(bytes: Uint8Array): string {
  return `h'${hexDigits(bytes)}'`;
}
