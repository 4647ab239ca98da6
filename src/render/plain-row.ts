import { Buffer } from "node:buffer";
import { exactLength } from "../protocol/exact-length.ts";
import type { FrameHeader } from "../protocol/frame.ts";
import { isControl } from "../protocol/opcodes.ts";
import type { FrameEvent } from "../transport/events.ts";
import { deltaText, rowNotes, rowPreview } from "./dump-row.ts";
import { isPrintableAscii } from "./escape.ts";
import { formatCount } from "./format.ts";
import { dataPayload, opcodeLabel, reservedBits } from "./frame-line.ts";
import type { MessagePlace } from "./message-place.ts";
import { type TextBytes, ZERO } from "./text-bytes.ts";

/**
 * A frame's row where there is neither color nor a screen, as in a file or a pipe: the same text as
 * spans give, but written octet by octet, and the payload without becoming a string. Captures that
 * are large go that way, in a fraction of the time.
 */
export const NUMBER_COLUMNS = 4;
export const DELTA_COLUMNS = "+0.42ms".length;
export const OPCODE_COLUMNS = "binary".length;
export const LENGTH_COLUMNS = "9,999 B".length;
export const FIN_COLUMNS = "FIN".length;
export const RESERVED_COLUMNS = "RSV1".length;
export const MASK_COLUMNS = "37fa213d".length;

/** Columns that have been needed once, and widths that only grow, so that lines stay aligned. */
export interface RowColumns {
  masks: boolean;
  reserved: boolean;
  offset: number;
}

const [LINE_FEED, SPACE, TILDE] = [0x0a, 0x20, 0x7e];
const [PLUS, COMMA, POINT, AT] = [0x2b, 0x2c, 0x2e, 0x40];
const [ARROW_OUT, ARROW_IN] = [Buffer.from("→ "), Buffer.from("← ")];
const OPCODE_CELLS = Array.from({ length: 16 }, (_, i) => opcodeLabel(i).padEnd(OPCODE_COLUMNS));
/** Milliseconds up to which there are decimals that fill the column. */
const MAX_SHORT = 9.99;
/** The facts of a frame are shorter. */
const MAX_FACTS = 256;

/** The time since the row before, and a space. */
export function writeDelta(ms: number | undefined, out: TextBytes): void {
  if (ms === undefined || ms < 0 || ms > MAX_SHORT || !writeShort(ms, out)) {
    out.text(`${deltaText(ms).padStart(DELTA_COLUMNS)} `);
  }
}

/** Direction, opcode, length, what else the header tells, and what is not as usual. */
export function writeFacts(event: FrameEvent, columns: RowColumns, out: TextBytes): void {
  const { header } = event.frame;
  out.reserve(MAX_FACTS);
  out.octets(event.dir === "out" ? ARROW_OUT : ARROW_IN);
  out.text(OPCODE_CELLS[header.opcode] ?? "");
  out.octet(SPACE);
  if (header.length < 1e6) writeLength(header.length, out);
  else out.text(`${formatCount(exactLength(event.frame))} B`.padStart(LENGTH_COLUMNS));
  out.text(header.fin ? " FIN " : "     ");
  writeReserved(header, columns, out);
  writeMask(header, columns, out);
  out.octet(AT);
  const digits = out.number(header.offset);
  columns.offset = Math.max(columns.offset, 1 + digits);
  out.spaces(columns.offset - digits + 1);
  if (!isUsual(event)) for (const note of rowNotes(event)) out.text(`${note}  `);
}

/** In hundredths, or thousandths; false where it shows only in all of its digits which are nearest. */
function writeShort(ms: number, out: TextBytes): boolean {
  const digits = ms > 0 && ms < 0.01 ? 3 : 2;
  const parts = digits === 3 ? 1000 : 100;
  const rounded = Math.round(ms * parts);
  if (Math.abs(ms * parts - rounded) > 0.499) return false;
  const whole = Math.floor(rounded / parts);
  out.octet(PLUS);
  out.number(whole);
  out.octet(POINT);
  out.number(rounded - parts * whole, digits, ZERO);
  out.text("ms ");
  return true;
}

function writeLength(length: number, out: TextBytes): void {
  if (length < 1000) out.number(length, LENGTH_COLUMNS - 2);
  else {
    out.number(Math.floor(length / 1000));
    out.octet(COMMA);
    out.number(length % 1000, 3, ZERO);
  }
  out.text(" B");
}

function writeReserved(header: FrameHeader, columns: RowColumns, out: TextBytes): void {
  const { rsv1, rsv2, rsv3 } = header;
  columns.reserved ||= rsv1 || rsv2 || rsv3;
  if (columns.reserved) out.text(`${reservedBits(header).trimStart().padEnd(RESERVED_COLUMNS)} `);
}

function writeMask({ masked, maskKey }: FrameHeader, columns: RowColumns, out: TextBytes): void {
  columns.masks ||= masked;
  if (masked) out.hex32(maskKey);
  else if (columns.masks) out.spaces(MASK_COLUMNS);
  if (columns.masks) out.octet(SPACE);
}

/** Nothing has to be noted. */
function isUsual({ frame, fragment, message, rttMs }: FrameEvent): boolean {
  if (rttMs !== undefined || fragment > 1 || message?.compressed === true) return false;
  return frame.header.fin || fragment === 0;
}

/** The payload as far as it is shown, and the end of the line: spaces before it are left away. */
export function writePreview(
  event: FrameEvent,
  place: MessagePlace,
  maxPrint: number,
  out: TextBytes,
): void {
  if (!writeAscii(event, place, maxPrint, out)) {
    const preview = rowPreview(event, place, { columns: Number.POSITIVE_INFINITY, maxPrint });
    out.text(preview.trimEnd());
    if (preview.trimEnd() === "") out.trimEnd();
  }
  out.octet(LINE_FEED);
}

/** Writes text that shows as it is, as most does; false where there is anything else. */
function writeAscii(
  event: FrameEvent,
  place: MessagePlace,
  maxPrint: number,
  out: TextBytes,
): boolean {
  if (isControl(event.frame.header.opcode)) return false;
  const payload = dataPayload(event, place);
  if (payload?.kind !== "text") return false;
  const { bytes, length } = payload;
  const shown = Math.min(bytes.length, maxPrint);
  if (!isPrintableAscii(bytes, shown) || (bytes[shown] ?? 0) > TILDE) return false;
  const end = shown < length ? shown : trimmedEnd(bytes, shown);
  out.octets(bytes, 0, end);
  if (shown < length) out.text("…");
  else if (end === 0) out.trimEnd();
  return true;
}

/** Where the spaces before `end` begin. */
function trimmedEnd(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && bytes[at - 1] === SPACE) at -= 1;
  return at;
}
