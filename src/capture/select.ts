import {
  isRow,
  type NumberedEvent,
  rowContent,
  type RowEvent,
  rowLength,
  rowOpcode,
  type TakeNumbered,
} from "../rows.ts";
import type { Direction, Event, HandshakeEvent } from "../transport/events.ts";
import { LastRows } from "./last-rows.ts";
import { type SelectedConnection, SelectedConnections } from "./selected-connections.ts";
import type { PayloadMatch, SizeRange, TimeBound, TimeRange } from "./select-words.ts";

/** What of a capture is wanted; all that is given must hold. */
export interface Selection {
  readonly dir?: Direction | undefined;
  readonly opcodes?: ReadonlySet<number> | undefined;
  /** Names of connections, which stand for their streams too, or `host:port` of the server. */
  readonly connections?: ReadonlySet<string> | undefined;
  /** Payload of a frame on the wire, in bytes. */
  readonly size?: SizeRange | undefined;
  readonly time?: TimeRange | undefined;
  /** Over the whole message, inflated, where a frame completes one. */
  readonly payload?: PayloadMatch | undefined;
  /** Only what breaks a rule. */
  readonly violations?: boolean | undefined;
  /** Rows that are left out of those that the rest selects. */
  readonly skip?: number | undefined;
  /** Rows that are wanted then; not both. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
}

/**
 * The selected ones of a stream of events.
 *
 * 1. Connection and time decide about every event. All else decides about rows; of a connection of
 *    which no row is wanted nothing is given.
 * 2. Before the first row of a connection comes its handshake, whatever its time, and once a row has
 *    come, how it ends.
 * 3. Nothing is held but handshakes, and with `last` the rows that may be the last ones.
 */
export class Selector {
  readonly #selection: Selection;
  readonly #connections: SelectedConnections;
  readonly #last: LastRows | undefined;
  /** Without these, all of a connection in scope is wanted. */
  readonly #byRow: boolean;
  readonly #selectsAll: boolean;
  #startUs: number | undefined;
  #rows = 0;

  constructor(selection: Selection) {
    const { dir, opcodes, size, payload, violations, skip, first, last } = selection;
    this.#selection = selection;
    this.#connections = new SelectedConnections(selection.connections);
    this.#byRow =
      [dir, opcodes, size, payload, skip, first, last].some((one) => one !== undefined) ||
      violations === true;
    this.#selectsAll =
      !this.#byRow && selection.connections === undefined && selection.time === undefined;
    this.#last = last === undefined ? undefined : new LastRows(last);
  }

  /** True once nothing that may come is wanted: the rest need not be read. */
  get isDone(): boolean {
    const { first, skip = 0 } = this.#selection;
    return first !== undefined && this.#rows >= skip + first;
  }

  /** Rows that `last` could not hold, because they are too large together. */
  get dropped(): number {
    return this.#last?.dropped ?? 0;
  }

  /** @param take gets what of the stream is wanted */
  push(numbered: NumberedEvent, take: TakeNumbered): void {
    if (this.#selectsAll) {
      take(numbered);
      return;
    }
    const { event } = numbered;
    this.#startUs ??= event.at.epochUs;
    const connection = this.#connections.of(event);
    if (event.type === "handshake") {
      if (this.#isOpening(event, connection)) this.#give(numbered, connection, take);
      return;
    }
    const wanted = this.#isWanted(event, connection);
    if (event.type === "close") this.#connections.forget(event.conn);
    if (!wanted) return;
    if (this.#last) this.#last.push(numbered, connection);
    else this.#give(numbered, connection, take);
  }

  /** The input has ended. */
  end(take: TakeNumbered): void {
    for (const { numbered, connection } of this.#last?.take() ?? []) {
      if (isRow(numbered.event) || connection.shown) this.#give(numbered, connection, take);
    }
  }

  /** What is worth showing without any row: all in scope, or a handshake that breaks a rule. */
  #isOpening(event: HandshakeEvent, connection: SelectedConnection): boolean {
    const broken = this.#selection.violations === true && event.violations.length > 0;
    const wanted = connection.inScope && (!this.#byRow || broken);
    return wanted && this.#inTime(event) && !this.isDone;
  }

  #isWanted(event: Event, connection: SelectedConnection): boolean {
    if (!connection.inScope) return false;
    if (!isRow(event)) return this.#inTime(event) && this.#isTold(event, connection);
    const compressed = connection.isCompressed(event);
    if (!this.#inTime(event)) return false;
    if (!this.#matches(event, compressed) || this.isDone) return false;
    this.#rows += 1;
    return this.#rows > (this.#selection.skip ?? 0);
  }

  /** What is no row is told of a connection that was shown; with `last` that shows in the end. */
  #isTold(event: Event, { shown }: SelectedConnection): boolean {
    const broken = this.#selection.violations === true && event.type === "finding";
    return !this.#byRow || shown || broken || this.#last !== undefined;
  }

  #matches(event: RowEvent, compressed: boolean): boolean {
    const { dir, opcodes, size, payload, violations } = this.#selection;
    if (dir !== undefined && event.dir !== dir) return false;
    if (opcodes && !opcodes.has(rowOpcode(event))) return false;
    const length = rowLength(event);
    if (size && (length < size.min || length > size.max)) return false;
    if (violations && !(event.type === "frame" && event.violations.length > 0)) return false;
    if (!payload) return true;
    const content = rowContent(event, compressed);
    return content !== undefined && payload(content);
  }

  /** The event, after the handshake of its connection where that has not been given. */
  #give(numbered: NumberedEvent, connection: SelectedConnection, take: TakeNumbered): void {
    const { handshake } = connection;
    this.#connections.show(numbered.event.conn, connection);
    if (handshake && numbered.event !== handshake) take({ event: handshake, number: 0 });
    take(numbered);
  }

  #inTime({ at }: Event): boolean {
    const { time } = this.#selection;
    if (!time) return true;
    const since = (bound: TimeBound) =>
      at.epochUs - bound.us - (bound.relative ? (this.#startUs ?? 0) : 0);
    return (!time.from || since(time.from) >= 0) && (!time.to || since(time.to) <= 0);
  }
}
