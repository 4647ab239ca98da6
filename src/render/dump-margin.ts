import type { RowEvent } from "../rows.ts";
import type { Event, FrameEvent } from "../transport/events.ts";
import { displayWidth, padEnd } from "../width.ts";
import type { DumpConnection, DumpConnections } from "./dump-connections.ts";
import { deltaText, RowClock } from "./dump-row.ts";
import { escapeControl } from "./escape.ts";
import { DELTA_COLUMNS, NUMBER_COLUMNS, writeDelta } from "./plain-row.ts";
import { type Span, span } from "./span.ts";
import { SPACE, type TextBytes } from "./text-bytes.ts";
import type { Theme } from "./theme.ts";
import { TimesOfDay } from "./times-of-day.ts";
import { formatTimestamp, type TimestampStyle } from "./timestamps.ts";

export interface DumpMarginLook {
  readonly theme: Theme;
  /** Default `time`; where the input has no times, none. */
  readonly timestamps?: TimestampStyle;
}

/**
 * What stands before each line: the number of the row, its time, how long after the row before it
 * came, and its connection. Where the input tells no times, the number alone.
 */
export class DumpMargin {
  readonly #dim: Theme["dim"];
  readonly #timestamps: TimestampStyle;
  readonly #connections: DumpConnections;
  readonly #clock = new RowClock();
  readonly #times = new TimesOfDay();
  #lineBefore: bigint | undefined;
  /** As wide as the widest name so far. */
  #nameColumns = "#1".length;

  constructor({ theme, timestamps = "time" }: DumpMarginLook, connections: DumpConnections) {
    this.#dim = theme.dim;
    this.#timestamps = timestamps;
    this.#connections = connections;
  }

  /** Takes the next event; gives milliseconds since the row before, undefined for the first. */
  pass(event: Event): number | undefined {
    return this.#clock.elapsed(event);
  }

  /** A line about it was given. */
  shown(event: Event): void {
    this.#lineBefore = event.at.ns;
  }

  row(
    event: RowEvent,
    connection: DumpConnection,
    { number, elapsed }: { readonly number: number; readonly elapsed: number | undefined },
  ): Span[] {
    const numbered = span(`${String(number).padStart(NUMBER_COLUMNS)} `, this.#dim);
    if (!this.#clock.isTimed) return [numbered];
    return [
      numbered,
      ...this.#time(event),
      span(`${deltaText(elapsed).padStart(DELTA_COLUMNS)} `, this.#dim),
      span(this.#rowName(event.conn, connection)),
    ];
  }

  /** The same text, octet by octet. */
  writeRow(event: FrameEvent, connection: DumpConnection, number: number, out: TextBytes): void {
    const elapsed = this.pass(event);
    out.number(number, NUMBER_COLUMNS);
    out.octet(SPACE);
    if (!this.#clock.isTimed) return;
    this.#writeTime(event, out);
    writeDelta(elapsed, out);
    out.text(this.#rowName(event.conn, connection));
  }

  /** Before what is no row: as wide as number and time of one. */
  talk(event: Event): Span[] {
    if (!this.#clock.isTimed) return [];
    const name = span(this.#name(event.conn));
    return [span(" ".repeat(NUMBER_COLUMNS + 1)), ...this.#time(event), name];
  }

  #time({ at, conn }: Event): Span[] {
    if (this.#timestamps === "time") return [span(`${this.#times.format(at.epochUs)} `, this.#dim)];
    const opened = this.#connections.get(conn)?.openedAt ?? this.#clock.first;
    const time = formatTimestamp(this.#timestamps, at, { lineBefore: this.#lineBefore, opened });
    return time === "" ? [] : [span(`${time} `, this.#dim)];
  }

  #writeTime(event: FrameEvent, out: TextBytes): void {
    if (this.#timestamps === "time") {
      this.#times.write(event.at.epochUs, out);
      out.octet(SPACE);
    } else for (const { text } of this.#time(event)) out.text(text);
  }

  #name(conn: string): string {
    const name = `#${escapeControl(conn)}`;
    this.#nameColumns = Math.max(this.#nameColumns, displayWidth(name));
    return `${padEnd(name, this.#nameColumns)} `;
  }

  /** Made anew only where the column has become wider. */
  #rowName(conn: string, connection: DumpConnection): string {
    if (connection.nameColumns !== this.#nameColumns) {
      connection.name = this.#name(conn);
      connection.nameColumns = this.#nameColumns;
    }
    return connection.name;
  }
}
