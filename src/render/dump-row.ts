import { elapsedMs } from "../clock.ts";
import { exactLength } from "../protocol/exact-length.ts";
import { formatMaskKey } from "../protocol/mask.ts";
import { isRow, type NumberedEvent, type RowEvent, rowLength, rowOpcode } from "../rows.ts";
import type { Event, FrameEvent } from "../transport/events.ts";
import { displayWidth, truncate } from "../width.ts";
import { escapeBytes } from "./escape.ts";
import { formatCount, formatDuration, formatLatency } from "./format.ts";
import { controlText, dataPayload, opcodeLabel, reservedBits } from "./frame-line.ts";
import { hexDigits } from "./hexdump.ts";
import {
  followMessage,
  type MessagePlace,
  type MessagePlaces,
  newMessagePlaces,
} from "./message-place.ts";
import { type Payload, showControlPayload } from "./payload-lines.ts";
import type { Theme } from "./theme.ts";

/** A form in which a capture is shown: events in, lines out. */
export interface DumpView {
  push(numbered: NumberedEvent): string[];
  /** The input has ended: what was held back. */
  end(): string[];
}

export interface DumpLook {
  readonly theme: Theme;
  /** Columns of the screen; absent, as in a log file: nothing is cut but by `maxPrint`. */
  readonly columns?: number | undefined;
  /** Bytes of payload that are shown of each row. Default 1024. */
  readonly maxPrint?: number;
}

/** What is known of a row, in words; what its source does not tell is empty. */
export interface RowFacts {
  readonly place: MessagePlace;
  readonly opcode: string;
  /** Bytes of payload on the wire. */
  readonly length: string;
  readonly fin: string;
  /** `RSV1`, with a space between several. */
  readonly reserved: string;
  readonly mask: string;
  /** Where the header begins in its direction. */
  readonly offset: string;
  /** Which part of a message it is, where that has several. */
  readonly fragment: string;
  /** `inflates to 214 B`, of the frame that completes a compressed message. */
  readonly inflated: string;
}

/** Connections whose messages are followed; of more, those that began first are forgotten. */
const MAX_CONNECTIONS = 65_536;

/** Reads rows in their order, because a continuation tells neither its kind nor its compression. */
export class RowReader {
  readonly #places = new Map<string, MessagePlaces>();
  readonly #between = newMessagePlaces();

  read(event: RowEvent): RowFacts {
    const opcode = opcodeLabel(rowOpcode(event));
    if (event.type !== "frame") {
      const kind = event.type === "message" ? event.kind : "binary";
      const place: MessagePlace = { kind, compressed: false };
      return { place, opcode, length: formatCount(rowLength(event)), ...NOTHING };
    }
    const { header } = event.frame;
    return {
      place: this.place(event),
      opcode,
      length: formatCount(exactLength(event.frame)),
      fin: header.fin ? "FIN" : "",
      reserved: reservedBits(header).trimStart(),
      mask: header.masked ? formatMaskKey(header.maskKey) : "",
      offset: String(header.offset),
      fragment: fragmentText(event),
      inflated: inflatedText(event),
    };
  }

  /** The message that a frame is of: all that has to be read of most frames. */
  place(event: FrameEvent): MessagePlace {
    const { header } = event.frame;
    const known = this.#places.get(event.conn);
    // One frame by itself, as most messages are, leaves nothing behind that must be kept.
    const places = known ?? (header.fin ? this.#between : this.#begin(event.conn));
    return followMessage(event, places);
  }

  /** Nothing more comes of this connection. */
  forget(conn: string): void {
    this.#places.delete(conn);
  }

  #begin(conn: string): MessagePlaces {
    const places = newMessagePlaces();
    this.#places.set(conn, places);
    const [oldest] = this.#places.keys();
    if (this.#places.size > MAX_CONNECTIONS && oldest !== undefined) this.#places.delete(oldest);
    return places;
  }
}

const NOTHING = {
  fin: "",
  reserved: "",
  mask: "",
  offset: "",
  fragment: "",
  inflated: "",
} as const;

function fragmentText({ frame: { header }, fragment }: FrameEvent): string {
  return fragment > 1 || (fragment === 1 && !header.fin) ? String(fragment) : "";
}

function inflatedText({ message }: FrameEvent): string {
  return message?.compressed && !message.cut
    ? `inflates to ${formatCount(message.data.length)} B`
    : "";
}

/** What is not as usual, in the order in which it is worth its room. */
export function rowNotes(event: RowEvent): string[] {
  const notes: string[] = [];
  const rttMs = event.type === "ping" ? undefined : event.rttMs;
  if (rttMs !== undefined) notes.push(`after ${formatDuration(rttMs)}`);
  if (event.type !== "frame") return notes;
  const [fragment, inflated] = [fragmentText(event), inflatedText(event)];
  if (fragment !== "") notes.push(`fragment ${fragment}`);
  if (inflated !== "") notes.push(inflated);
  return notes;
}

/** The payload on one line of at most so many columns, with `…` where something is left out. */
export function rowPreview(
  event: RowEvent,
  place: MessagePlace,
  { columns, maxPrint }: { readonly columns: number; readonly maxPrint: number },
): string {
  const control = controlPreview(event);
  if (control !== undefined) return truncate(control, columns);
  const payload = payloadOf(event, place);
  if (!payload || payload.length === 0) return "";
  return payload.kind === "text"
    ? textPreview(payload, columns, maxPrint)
    : hexPreview(payload, columns, maxPrint);
}

function controlPreview(event: RowEvent): string | undefined {
  if (event.type === "frame") return controlText(event.frame);
  return event.type === "message" ? undefined : showControlPayload(event.data);
}

function payloadOf(event: RowEvent, place: MessagePlace): Payload | undefined {
  if (event.type === "frame") return dataPayload(event, place);
  const length = event.data.length + (event.type === "message" ? (event.omitted ?? 0) : 0);
  return { bytes: event.data, length, kind: place.kind };
}

/** No more is looked at than fits: a character takes at most four bytes for a column. */
function textPreview({ bytes, length }: Payload, columns: number, maxPrint: number): string {
  const start = bytes.subarray(0, Math.min(wholeCharacters(bytes, maxPrint), 4 * (columns + 1)));
  const text = escapeBytes(start);
  if (start.length === length) return truncate(text, columns);
  return columns === Number.POSITIVE_INFINITY || displayWidth(text) < columns
    ? `${text}…`
    : truncate(`${text}…`, columns);
}

/** Where to cut so that no code point is. */
function wholeCharacters(bytes: Uint8Array, maxPrint: number): number {
  let end = Math.min(bytes.length, maxPrint);
  const least = Math.max(0, end - 3);
  while (end < bytes.length && end > least && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

function hexPreview({ bytes, length }: Payload, columns: number, maxPrint: number): string {
  const whole = Math.min(bytes.length, maxPrint);
  if (whole === length && 2 * length <= columns) return hexDigits(bytes);
  const shown = Math.max(0, Math.min(whole, Math.floor((columns - 1) / 2)));
  return truncate(`${hexDigits(bytes.subarray(0, shown))}…`, columns);
}

/** Times of the rows: since when, and how long after the one before. */
export class RowClock {
  #before: bigint | undefined;
  #first: bigint | undefined;
  #timed: boolean | undefined;

  /** False where the input tells no times, as raw frames do. */
  get isTimed(): boolean {
    return this.#timed ?? false;
  }

  /** Monotonic nanoseconds of the first event. */
  get first(): bigint | undefined {
    return this.#first;
  }

  /**
   * Takes the next event.
   * @returns of a row the time since the one before, as `+0.42ms`; empty for the first
   */
  pass(event: Event): string {
    return deltaText(this.elapsed(event));
  }

  /** The same in milliseconds; undefined for the first. */
  elapsed(event: Event): number | undefined {
    this.#timed ??= event.at.epochUs !== 0;
    this.#first ??= event.at.ns;
    if (!isRow(event)) return undefined;
    const before = this.#before;
    this.#before = event.at.ns;
    return before === undefined || !this.#timed ? undefined : elapsedMs(before, event.at.ns);
  }
}

/** Packets of several interfaces may stand out of order. */
export function deltaText(ms: number | undefined): string {
  if (ms === undefined) return "";
  return ms < 0 ? `-${formatLatency(-ms)}` : `+${formatLatency(ms)}`;
}
