import type { Message } from "../protocol/assembler.ts";
import { exactLength } from "../protocol/exact-length.ts";
import {
  isRow,
  type NumberedEvent,
  type PassedMessage,
  type RowEvent,
  rowMessage,
} from "../rows.ts";
import type { Event } from "../transport/events.ts";
import { displayWidth, padEnd, truncate } from "../width.ts";
import { RowClock, type DumpLook, type DumpView } from "./dump-row.ts";
import { DEFAULT_MAX_PRINT } from "./frame-line.ts";
import { escapeBytes, escapeControl } from "./escape.ts";
import { formatCount, formatPlural } from "./format.ts";
import { hexDigits } from "./hexdump.ts";
import { renderSpans, type Span, span, spansWidth } from "./span.ts";
import { formatTimestamp, type TimestampStyle } from "./timestamps.ts";

export interface DumpMessagesOptions extends DumpLook {
  /** Default `time`; where the input has no times, none. */
  readonly timestamps?: TimestampStyle;
}

const NUMBER_COLUMNS = 4;
const DELTA_COLUMNS = "+0.42ms".length;
const LENGTH_COLUMNS = "70,000 B".length;
/** Notes leave so much for the payload. */
const WANTED_PREVIEW = 16;

/** One line a message, put together and inflated; the number is that of its last frame. */
export function createDumpMessages(options: DumpMessagesOptions): DumpView {
  const messages = new DumpMessages(options);
  return { push: (numbered) => messages.push(numbered), end: () => [] };
}

class DumpMessages {
  readonly #options: DumpMessagesOptions;
  readonly #clock = new RowClock();
  #lineBefore: bigint | undefined;
  #nameColumns = "#1".length;

  constructor(options: DumpMessagesOptions) {
    this.#options = options;
  }

  push({ event, number }: NumberedEvent): string[] {
    const passed = isRow(event) ? rowMessage(event) : undefined;
    if (!passed) return [];
    const delta = this.#clock.pass(event);
    const line = this.#line(passed, number, delta);
    this.#lineBefore = event.at.ns;
    return [line];
  }

  #line({ event, message }: PassedMessage, number: number, delta: string): string {
    const { theme, columns = Number.POSITIVE_INFINITY, maxPrint } = this.#options;
    const arrow = event.dir === "out" ? "→" : "←";
    const spans = [
      span(`${String(number).padStart(NUMBER_COLUMNS)} `, theme.dim),
      ...(this.#clock.isTimed ? this.#timeSpans(event, delta) : []),
      span(`${arrow} ${message.kind.padEnd(6)} `, event.dir === "out" ? theme.out : theme.in),
      span(`${lengthText(event, message).padStart(LENGTH_COLUMNS)}  `),
    ];
    for (const note of messageNotes(message)) {
      const longer = spansWidth(spans) + note.length + 2 + WANTED_PREVIEW;
      if (longer <= columns) spans.push(span(`${note}  `, theme.dim));
    }
    const room = columns - spansWidth(spans);
    return renderSpans([...spans, span(contentPreview(message, room, maxPrint))]);
  }

  #timeSpans(event: RowEvent, delta: string): Span[] {
    const { theme, timestamps = "time" } = this.#options;
    const time = formatTimestamp(timestamps, event.at, {
      lineBefore: this.#lineBefore,
      opened: this.#clock.first,
    });
    return [
      span(time === "" ? "" : `${time} `, theme.dim),
      span(`${delta.padStart(DELTA_COLUMNS)} `, theme.dim),
      this.#name(event),
    ];
  }

  #name({ conn }: Event): Span {
    const name = `#${escapeControl(conn)}`;
    this.#nameColumns = Math.max(this.#nameColumns, displayWidth(name));
    return span(`${padEnd(name, this.#nameColumns)} `);
  }
}

/** Of a message that is not whole the length on the wire; the other is not known. */
function lengthText(event: RowEvent, { data, cut, fragments, wireLength }: Message): string {
  if (!cut) return `${formatCount(data.length)} B`;
  if (event.type === "frame" && fragments === 1)
    return `${formatCount(exactLength(event.frame))} B`;
  const omitted = event.type === "message" ? (event.omitted ?? 0) : 0;
  return `${formatCount(omitted > 0 ? data.length + omitted : wireLength)} B`;
}

function messageNotes({ fragments, compressed, cut, wireLength }: Message): string[] {
  return [
    cut ? (compressed ? "not inflated" : "not whole") : "",
    fragments > 1 ? formatPlural(fragments, "fragment") : "",
    compressed && !cut ? `from ${formatCount(wireLength)} B` : "",
  ].filter((note) => note !== "");
}

/** The beginning of a message on one line of at most so many columns. */
export function contentPreview(
  { data, kind, compressed, cut }: Pick<Message, "data" | "kind" | "compressed" | "cut">,
  columns: number,
  maxPrint = DEFAULT_MAX_PRINT,
): string {
  const room = Math.max(0, columns);
  const start = data.subarray(0, Math.min(maxPrint, 4 * (room + 1)));
  // What could not be inflated is no text.
  const readable = kind === "text" && !(compressed && cut);
  const text = readable ? escapeBytes(start) : hexDigits(start);
  const more = cut || start.length < data.length;
  return truncate(more && displayWidth(text) < room ? `${text}…` : text, room);
}
