import { Buffer, isUtf8 } from "node:buffer";
import { displayWidth, wrapColumns } from "../width.ts";
import { escapeBytes, escapeControl } from "./escape.ts";
import { formatCount } from "./format.ts";
import { HEXDUMP_COLUMNS, hexdump, hexDigits } from "./hexdump.ts";
import { jsonLines } from "./json-lines.ts";
import { renderSpans, type Span, span, spansWidth, wrapSpans } from "./span.ts";
import type { Theme } from "./theme.ts";

/** Bytes of a payload on their way to the screen. */
export interface Payload {
  readonly bytes: Uint8Array;
  /** How long the payload is, where `bytes` is only its beginning. */
  readonly length: number | bigint;
  readonly kind: "text" | "binary";
}

export interface PayloadSpace {
  readonly theme: Theme;
  /** Columns left on the line of the frame; without a limit in a log file. */
  readonly room: number;
  /** Columns of the screen. */
  readonly columns: number;
  /** Where lines below the frame's begin. */
  readonly indent: number;
  /** Bytes of payload that are shown. */
  readonly maxPrint: number;
  /** Indents and colors text that is JSON. */
  readonly pretty: boolean;
}

/** What stands on the frame's line, and what stands below it, not indented yet. */
export interface ShownPayload {
  readonly inline: readonly Span[];
  readonly below: readonly string[];
  readonly indent: number;
}

/** Binary payloads up to this length stand on the frame's line. */
const MAX_INLINE_HEX_BYTES = 16;

/**
 * A payload that fits stands on the frame's line. Otherwise text stands below, broken after its
 * newlines and at the edge, and bytes as a hexdump. What is left out is told.
 */
export function showPayload(payload: Payload, space: PayloadSpace): ShownPayload {
  const { shown, note } = cut(payload, space);
  if (payload.kind === "binary") return showBinary(shown, note, space);
  const pretty = space.pretty ? showJson(shown, note, space) : undefined;
  return pretty ?? showText(shown, note, space);
}

/** JSON indented below the frame's line; nothing for any other text. */
export function showJsonBelow(payload: Payload, space: PayloadSpace): ShownPayload | undefined {
  const { shown, note } = cut(payload, space);
  const json = showJson(shown, note, space);
  if (!json || json.inline.length === 0) return json;
  return { ...json, inline: [], below: [renderSpans(json.inline), ...json.below] };
}

/** As much of it as is shown, and a note of what is left out. */
function cut(payload: Payload, { maxPrint }: PayloadSpace): { shown: Uint8Array; note: string } {
  const shown = payload.bytes.subarray(0, cutLength(payload, maxPrint));
  const left = shown.length < payload.length;
  const note = left ? `… ${formatCount(shown.length)} of ${formatCount(payload.length)} B` : "";
  return { shown, note };
}

/** Where to cut: text only between two code points. */
function cutLength({ bytes, kind }: Payload, maxPrint: number): number {
  if (bytes.length <= maxPrint) return bytes.length;
  let length = maxPrint;
  if (kind === "binary") return length;
  while (length > Math.max(0, maxPrint - 4) && ((bytes[length] ?? 0) & 0xc0) === 0x80) length -= 1;
  return length;
}

function showText(bytes: Uint8Array, note: string, space: PayloadSpace): ShownPayload {
  const { theme, room, columns, indent } = space;
  const inline = `${escapeBytes(bytes)}${note && ` ${note}`}`;
  if (displayWidth(inline) <= room) return { inline: [span(inline)], below: [], indent };
  const lines = textLines(bytes).flatMap((line) =>
    wrapColumns(line, columns - indent).map((piece) => quietNewline(piece, theme)),
  );
  return { inline: [], below: note ? [...lines, theme.dim(note)] : lines, indent };
}

/** JSON stands below, indented; what is one line stands on the frame's. Undefined for other text. */
function showJson(bytes: Uint8Array, note: string, space: PayloadSpace): ShownPayload | undefined {
  const { theme, room, columns, indent } = space;
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  const lines = jsonLines(text, { theme, cut: note !== "" });
  if (!lines) return undefined;
  const [first = []] = lines;
  if (lines.length === 1 && !note && spansWidth(first) <= room) {
    return { inline: first, below: [], indent };
  }
  // A log file has no edge.
  const width = Number.isFinite(room) ? columns - indent : Number.POSITIVE_INFINITY;
  const below = lines.flatMap((line) => wrapSpans(line, width)).map(renderSpans);
  return { inline: [], below: note ? [...below, theme.dim(note)] : below, indent };
}

/** One line for each line of the text, its newline visible at the end. */
function textLines(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines: string[] = [];
  for (let at = 0; at < buffer.length;) {
    const newline = buffer.indexOf(0x0a, at);
    const end = newline === -1 ? buffer.length : newline + 1;
    lines.push(escapeBytes(buffer.subarray(at, end)));
    at = end;
  }
  return lines;
}

/** The newline that a line ends with repeats on every one. */
function quietNewline(line: string, { dim }: Theme): string {
  return line.endsWith("\\n") ? line.slice(0, -2) + dim("\\n") : line;
}

function showBinary(bytes: Uint8Array, note: string, space: PayloadSpace): ShownPayload {
  const { theme, room } = space;
  const inline = hexDigits(bytes);
  if (bytes.length <= MAX_INLINE_HEX_BYTES && !note && inline.length <= room) {
    return { inline: [span(inline)], below: [], indent: space.indent };
  }
  const lines = hexdump(bytes, theme);
  return {
    inline: [],
    below: note ? [...lines, theme.dim(note)] : lines,
    indent: hexdumpIndent(space),
  };
}

/** A hexdump is wide: where it would not fit below the opcode it moves to the left. */
export function hexdumpIndent({
  indent,
  columns,
}: Pick<PayloadSpace, "indent" | "columns">): number {
  return Math.max(0, Math.min(indent, columns - HEXDUMP_COLUMNS));
}

/** A short payload of a control frame: in quotes where it is readable, otherwise in hex. */
export function showControlPayload(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return /^[\x20-\x7e]+$/.test(text) ? `"${escapeControl(text)}"` : hexDigits(bytes);
}
