import { saysOpen } from "../opened.ts";
import { isRow, type NumberedEvent, type RowEvent } from "../rows.ts";
import type {
  CloseEvent,
  Event,
  FindingEvent,
  FrameEvent,
  HandshakeEvent,
} from "../transport/events.ts";
import { displayWidth, padEnd, wrapWords } from "../width.ts";
import { CAPTURED_SIDES, closeLines } from "./close-words.ts";
import {
  type RowFacts,
  rowNotes,
  rowPreview,
  RowClock,
  RowReader,
  type DumpView,
} from "./dump-row.ts";
import { escapeControl } from "./escape.ts";
import {
  detailLines,
  type FrameDetails,
  frameLook,
  type FrameLook,
  hasDetails,
  indented,
  messageBody,
} from "./frame-line.ts";
import { handshakeLines } from "./handshake-lines.ts";
import { messageInFull } from "./message-in-full.ts";
import {
  DELTA_COLUMNS,
  FIN_COLUMNS,
  LENGTH_COLUMNS,
  MASK_COLUMNS,
  NUMBER_COLUMNS,
  OPCODE_COLUMNS,
  RESERVED_COLUMNS,
  type RowColumns,
  writeDelta,
  writeFacts,
  writePreview,
} from "./plain-row.ts";
import { renderSpans, type Span, span, spansWidth, styleSpans } from "./span.ts";
import { Tally } from "./tally.ts";
import { SPACE, type TextBytes } from "./text-bytes.ts";
import type { Style } from "./theme.ts";
import { TimesOfDay } from "./times-of-day.ts";
import { formatTimestamp, type TimestampStyle } from "./timestamps.ts";
import { violationLines } from "./violation-lines.ts";

export interface DumpLinesOptions extends FrameDetails {
  /** The time before each line. Default `time`; where the input has no times, none. */
  readonly timestamps?: TimestampStyle;
  readonly showSecrets?: boolean;
  /** Rows are left out: how a connection ended says nothing of how many there were. */
  readonly partial?: boolean;
}

/** What the lines of a connection refer to. */
interface ConnectionState {
  readonly openedAt: bigint | undefined;
  readonly tally: Tally;
  /** Its name in its column, as wide as that was then. */
  name: string;
  nameColumns: number;
}

const DEFAULT_COLUMNS = 80;
/** Notes leave so much for the payload. */
const WANTED_PREVIEW = 12;
/** Connections that are counted; of more, those that began first are forgotten. */
const MAX_CONNECTIONS = 65_536;

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
  readonly #options: DumpLinesOptions;
  readonly #look: FrameLook;
  readonly #detailed: boolean;
  /** Rows can be written octet by octet. */
  readonly #plain: boolean;
  readonly #clock = new RowClock();
  readonly #reader = new RowReader();
  readonly #times = new TimesOfDay();
  readonly #connections = new Map<string, ConnectionState>();
  #lineBefore: bigint | undefined;
  readonly #columns: RowColumns = {
    masks: false,
    reserved: false,
    name: "#1".length,
    offset: "@9999".length,
  };

  constructor(options: DumpLinesOptions) {
    this.#options = options;
    this.#look = frameLook(options);
    const { theme, columns, headerBytes, hex, pretty, decoder } = this.#look;
    this.#detailed = headerBytes || hex || pretty || decoder !== undefined;
    this.#plain = columns === undefined && theme.level === 0 && !this.#detailed;
  }

  push({ event, number }: NumberedEvent): string[] {
    const delta = this.#clock.pass(event);
    const lines = isRow(event) ? this.#row(event, number, delta) : this.#talk(event);
    if (lines.length > 0) this.#lineBefore = event.at.ns;
    return lines;
  }

  write(numbered: NumberedEvent, out: TextBytes): void {
    const { event, number } = numbered;
    if (event.type === "frame" && this.#plain && !hasDetails(event, this.#look)) {
      this.#writeRow(event, number, out);
    } else for (const line of this.push(numbered)) out.text(`${line}\n`);
  }

  #writeRow(event: FrameEvent, number: number, out: TextBytes): void {
    const elapsed = this.#clock.elapsed(event);
    const state = this.#connections.get(event.conn) ?? this.#begin(event.conn, undefined);
    state.tally.frame(event);
    out.number(number, NUMBER_COLUMNS);
    out.octet(SPACE);
    if (this.#clock.isTimed) {
      this.#writeTime(event, out);
      writeDelta(elapsed, out);
      out.text(this.#rowName(event.conn, state));
    }
    writeFacts(event, this.#columns, out);
    writePreview(event, this.#reader.place(event), this.#look.maxPrint, out);
    this.#lineBefore = event.at.ns;
  }

  #talk(event: Exclude<Event, RowEvent>): string[] {
    const { theme } = this.#options;
    switch (event.type) {
      case "handshake":
        return this.#handshake(event);
      case "close":
        return this.#close(event);
      case "error":
        return this.#sentence(event, `! ${event.message}`, theme.bad);
      case "note":
        return this.#sentence(event, `· ${event.message}`, theme.dim);
      case "finding":
        return this.#finding(event);
      case "state":
      case "reconnect":
      case "reconnected":
        return [];
      default:
        return event satisfies never;
    }
  }

  #handshake(event: HandshakeEvent): string[] {
    const { theme, columns, include = false, verbosity = 0, showSecrets = false } = this.#options;
    this.#reader.forget(event.conn);
    if (saysOpen(event)) {
      this.#columns.masks = true;
      this.#columns.reserved ||= event.deflate !== undefined;
      this.#begin(event.conn, event.at.ns);
    }
    const prefix = this.#talkPrefix(event);
    const room = columns === undefined ? undefined : columns - spansWidth(prefix);
    const look = { theme, columns: room, heads: include || verbosity > 0, showSecrets };
    return this.#below(prefix, handshakeLines(event, [], look));
  }

  #begin(conn: string, openedAt: bigint | undefined): ConnectionState {
    const state: ConnectionState = { openedAt, tally: new Tally(), name: "", nameColumns: 0 };
    this.#connections.delete(conn);
    this.#connections.set(conn, state);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > MAX_CONNECTIONS && oldest !== undefined) {
      this.#connections.delete(oldest);
    }
    return state;
  }

  #close(event: CloseEvent): string[] {
    const { theme, columns = Number.POSITIVE_INFINITY } = this.#options;
    const prefix = this.#talkPrefix(event);
    const known = this.#connections.get(event.conn);
    const connection = known && { ...known, ...(this.#options.partial && { tally: undefined }) };
    this.#connections.delete(event.conn);
    this.#reader.forget(event.conn);
    const look = { theme, columns: columns - spansWidth(prefix), sides: CAPTURED_SIDES };
    return this.#below(prefix, closeLines(event, connection, look));
  }

  /** A rule that the connection as a whole breaks. */
  #finding(event: FindingEvent): string[] {
    const { theme, columns = Number.POSITIVE_INFINITY } = this.#options;
    const prefix = this.#talkPrefix(event);
    const room = columns - spansWidth(prefix);
    return this.#below(prefix, violationLines(event.violation, theme, room));
  }

  #sentence(event: Event, text: string, style: Style): string[] {
    const { columns = Number.POSITIVE_INFINITY } = this.#options;
    const prefix = this.#talkPrefix(event);
    const before = spansWidth(prefix) + 2;
    return wrapWords(escapeControl(text.slice(2)), columns - before).map((line, i) =>
      i === 0
        ? styleSpans([...prefix, span(text.slice(0, 2) + line, style)])
        : " ".repeat(before) + style(line),
    );
  }

  /** The first line after the prefix, the others below it, or to the left where they are too wide. */
  #below(prefix: readonly Span[], [first = "", ...rest]: readonly string[]): string[] {
    const { columns = Number.POSITIVE_INFINITY } = this.#options;
    const widest = rest.reduce((width, line) => Math.max(width, displayWidth(unstyled(line))), 0);
    const indent = Math.max(0, Math.min(spansWidth(prefix), columns - widest));
    return [styleSpans(prefix) + first, ...indented(rest, indent)];
  }

  /** As wide as number and time of a row. */
  #talkPrefix(event: Event): Span[] {
    return this.#clock.isTimed
      ? [span(" ".repeat(NUMBER_COLUMNS + 1)), ...this.#time(event), this.#name(event.conn)]
      : [];
  }

  #time({ at, conn }: Event): Span[] {
    const { theme, timestamps = "time" } = this.#options;
    if (timestamps === "time") return [span(`${this.#times.format(at.epochUs)} `, theme.dim)];
    const opened = this.#connections.get(conn)?.openedAt ?? this.#clock.first;
    const time = formatTimestamp(timestamps, at, { lineBefore: this.#lineBefore, opened });
    return time === "" ? [] : [span(`${time} `, theme.dim)];
  }

  #writeTime(event: FrameEvent, out: TextBytes): void {
    const { timestamps = "time" } = this.#options;
    if (timestamps === "time") {
      this.#times.write(event.at.epochUs, out);
      out.octet(SPACE);
    } else for (const { text } of this.#time(event)) out.text(text);
  }

  #name(conn: string): Span {
    const name = `#${escapeControl(conn)}`;
    this.#columns.name = Math.max(this.#columns.name, displayWidth(name));
    return span(`${padEnd(name, this.#columns.name)} `);
  }

  /** The same, made anew only where the column has become wider. */
  #rowName(conn: string, state: ConnectionState): string {
    if (state.nameColumns !== this.#columns.name) {
      state.name = this.#name(conn).text;
      state.nameColumns = this.#columns.name;
    }
    return state.name;
  }

  #row(event: RowEvent, number: number, delta: string): string[] {
    const state = this.#connections.get(event.conn) ?? this.#begin(event.conn, undefined);
    if (event.type === "frame") state.tally.frame(event);
    if (event.type === "message") state.tally.message(event);
    const facts = this.#reader.read(event);
    const line: Span[] = [];
    this.#addPrefix(line, event, state, { number, delta });
    this.#addFacts(line, event, facts);
    this.#addNotes(line, event);
    const room = this.#roomAfter(line);
    if (this.#detailed) return this.#inFull(event, facts, line, room);
    const { maxPrint } = this.#look;
    line.push(span(rowPreview(event, facts.place, { columns: room, maxPrint })));
    const row = renderSpans(line);
    if (event.type !== "frame" || !hasDetails(event, this.#look)) return [row];
    return [row, ...detailLines(event, NUMBER_COLUMNS + 1, this.#look)];
  }

  /** Columns that are left; where there is no screen, nothing has to be measured. */
  #roomAfter(line: readonly Span[]): number {
    const { columns } = this.#options;
    return columns === undefined ? Number.POSITIVE_INFINITY : columns - spansWidth(line);
  }

  #addPrefix(
    line: Span[],
    event: RowEvent,
    state: ConnectionState,
    { number, delta }: { readonly number: number; readonly delta: string },
  ): void {
    const { dim } = this.#options.theme;
    line.push(span(`${String(number).padStart(NUMBER_COLUMNS)} `, dim));
    if (!this.#clock.isTimed) return;
    line.push(...this.#time(event));
    line.push(
      span(`${delta.padStart(DELTA_COLUMNS)} `, dim),
      span(this.#rowName(event.conn, state)),
    );
  }

  #addFacts(line: Span[], event: RowEvent, facts: RowFacts): void {
    const { theme } = this.#options;
    const arrow = event.dir === "out" ? "→" : "←";
    const direction = event.dir === "out" ? theme.out : theme.in;
    line.push(span(`${arrow} ${facts.opcode.padEnd(OPCODE_COLUMNS)} `, direction));
    line.push(span(`${`${facts.length} B`.padStart(LENGTH_COLUMNS)} `));
    if (event.type === "frame") this.#addHeader(line, facts);
    line.push(span(" "));
  }

  /** What only the header of a frame tells. */
  #addHeader(line: Span[], facts: RowFacts): void {
    const { dim } = this.#options.theme;
    const offset = `@${facts.offset}`;
    this.#columns.masks ||= facts.mask !== "";
    this.#columns.reserved ||= facts.reserved !== "";
    this.#columns.offset = Math.max(this.#columns.offset, offset.length);
    line.push(span(`${facts.fin.padEnd(FIN_COLUMNS)} `, dim));
    if (this.#columns.reserved) line.push(span(`${facts.reserved.padEnd(RESERVED_COLUMNS)} `));
    if (this.#columns.masks) line.push(span(`${facts.mask.padEnd(MASK_COLUMNS)} `, dim));
    line.push(span(`${offset.padEnd(this.#columns.offset)} `, dim));
  }

  /** What is not as usual, as far as it leaves room for the payload. */
  #addNotes(line: Span[], event: RowEvent): void {
    for (const note of rowNotes(event)) {
      const text = `${note}  `;
      if (text.length + WANTED_PREVIEW > this.#roomAfter(line)) continue;
      line.push(span(text, this.#options.theme.dim));
    }
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

/** What a theme adds takes no columns. */
function unstyled(line: string): string {
  // oxlint-disable-next-line no-control-regex -- styles are what is looked for
  return line.replace(/\x1b\[[\d;]*m/g, "");
}
