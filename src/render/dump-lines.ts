import { saysOpen } from "../opened.ts";
import { isRow, type NumberedEvent, type RowEvent } from "../rows.ts";
import type { Event, FrameEvent } from "../transport/events.ts";
import { DumpConnections } from "./dump-connections.ts";
import { DumpMargin } from "./dump-margin.ts";
import { type DumpView, type RowFacts, rowPreview, RowReader } from "./dump-row.ts";
import { DumpTalk, type DumpTalkLook } from "./dump-talk.ts";
import {
  detailLines,
  type FrameDetails,
  frameLook,
  type FrameLook,
  hasDetails,
  indented,
  messageBody,
} from "./frame-line.ts";
import { messageInFull } from "./message-in-full.ts";
import { NUMBER_COLUMNS, type RowColumns, writeFacts, writePreview } from "./plain-row.ts";
import { renderSpans, type Span, span, spansWidth } from "./span.ts";
import { factSpans, noteSpans } from "./styled-row.ts";
import type { TextBytes } from "./text-bytes.ts";
import type { TimestampStyle } from "./timestamps.ts";

export interface DumpLinesOptions
  extends FrameDetails, Pick<DumpTalkLook, "showSecrets" | "partial"> {
  /** The time before each line. Default `time`; where the input has no times, none. */
  readonly timestamps?: TimestampStyle;
}

const DEFAULT_COLUMNS = 80;

/**
 * The usual form: one line a frame, with what its header says and the beginning of its payload, and
 * lines for how each connection opens and ends. Below a frame stands what is wrong with it, and
 * what is asked for.
 */
export function createDumpLines(options: DumpLinesOptions): DumpLinesView {
  const lines = new DumpLines(options);
  return {
    push: (numbered) => lines.push(numbered),
    write: (numbered, out) => lines.write(numbered, out),
    end: () => [],
  };
}

export interface DumpLinesView extends DumpView {
  /** Writes what `push` gives: much faster where there are neither colors nor a screen. */
  write(numbered: NumberedEvent, out: TextBytes): void;
}

class DumpLines {
  readonly #look: FrameLook;
  readonly #detailed: boolean;
  /** Rows can be written octet by octet. */
  readonly #plain: boolean;
  readonly #connections = new DumpConnections();
  readonly #margin: DumpMargin;
  readonly #talk: DumpTalk;
  readonly #reader = new RowReader();
  readonly #columns: RowColumns = { masks: false, reserved: false, offset: "@9999".length };

  constructor(options: DumpLinesOptions) {
    this.#look = frameLook(options);
    this.#margin = new DumpMargin(options, this.#connections);
    this.#talk = new DumpTalk(options, this.#margin);
    const { theme, columns, headerBytes, hex, pretty, decoder } = this.#look;
    this.#detailed = headerBytes || hex || pretty || decoder !== undefined;
    this.#plain = columns === undefined && theme.level === 0 && !this.#detailed;
  }

  push({ event, number }: NumberedEvent): string[] {
    const elapsed = this.#margin.pass(event);
    const lines = isRow(event) ? this.#row(event, number, elapsed) : this.#told(event);
    if (lines.length > 0) this.#margin.shown(event);
    return lines;
  }

  write(numbered: NumberedEvent, out: TextBytes): void {
    const { event, number } = numbered;
    if (event.type === "frame" && this.#plain && !hasDetails(event, this.#look)) {
      this.#writeRow(event, number, out);
    } else for (const line of this.push(numbered)) out.text(`${line}\n`);
  }

  #writeRow(event: FrameEvent, number: number, out: TextBytes): void {
    const connection = this.#connections.of(event.conn);
    connection.tally.frame(event);
    this.#margin.writeRow(event, connection, number, out);
    writeFacts(event, this.#columns, out);
    writePreview(event, this.#reader.place(event), this.#look.maxPrint, out);
    this.#margin.shown(event);
  }

  #told(event: Exclude<Event, RowEvent>): string[] {
    if (event.type === "handshake" && saysOpen(event)) {
      this.#columns.masks = true;
      this.#columns.reserved ||= event.deflate !== undefined;
      this.#connections.begin(event.conn, event.at.ns);
    }
    const lines = this.#talk.lines(event, this.#connections.get(event.conn));
    if (event.type === "close") this.#connections.forget(event.conn);
    if (event.type === "close" || event.type === "handshake") this.#reader.forget(event.conn);
    return lines;
  }

  #row(event: RowEvent, number: number, elapsed: number | undefined): string[] {
    const connection = this.#connections.of(event.conn);
    if (event.type === "frame") connection.tally.frame(event);
    if (event.type === "message") connection.tally.message(event);
    const facts = this.#reader.read(event);
    const { theme, maxPrint } = this.#look;
    const line = [
      ...this.#margin.row(event, connection, { number, elapsed }),
      ...factSpans(event, facts, this.#columns, theme),
    ];
    line.push(...noteSpans(event, this.#roomAfter(line), theme));
    const room = this.#roomAfter(line);
    if (this.#detailed) return this.#inFull(event, facts, line, room);
    line.push(span(rowPreview(event, facts.place, { columns: room, maxPrint })));
    const row = renderSpans(line);
    if (event.type !== "frame" || !hasDetails(event, this.#look)) return [row];
    return [row, ...detailLines(event, NUMBER_COLUMNS + 1, this.#look)];
  }

  /** Columns that are left; where there is no screen, nothing has to be measured. */
  #roomAfter(line: readonly Span[]): number {
    const { columns } = this.#look;
    return columns === undefined ? Number.POSITIVE_INFINITY : columns - spansWidth(line);
  }

  /** The payload as `connect` shows it: on the line where it fits, below it otherwise. */
  #inFull(event: RowEvent, facts: RowFacts, head: readonly Span[], room: number): string[] {
    const { theme, columns = DEFAULT_COLUMNS, maxPrint, pretty } = this.#look;
    const indent = NUMBER_COLUMNS + 1;
    const space = { theme, columns, indent, maxPrint, pretty, room };
    const body =
      event.type === "frame"
        ? messageBody(event, facts.place, this.#look, space)
        : messageInFull(event, this.#look, space);
    return [
      renderSpans([...head, ...body.flatMap(({ inline }) => inline)]),
      ...(event.type === "frame" ? detailLines(event, indent, this.#look) : []),
      ...body.flatMap(({ below, indent: own }) => indented(below, own)),
    ];
  }
}
