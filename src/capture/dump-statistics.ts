import { elapsedMs } from "../clock.ts";
import { saysOpen } from "../opened.ts";
import { Opcode } from "../protocol/opcodes.ts";
import {
  isRow,
  type NumberedEvent,
  type RowEvent,
  rowLength,
  rowMessage,
  rowOpcode,
} from "../rows.ts";
import type { Direction, Event } from "../transport/events.ts";
import { LogHistogram, type HistogramSummary } from "../log-histogram.ts";

/** How many, and how many bytes of payload they have together. */
export interface Passed {
  readonly count: number;
  readonly bytes: number;
}

export type ByDirection<T> = Readonly<Record<Direction, T>>;

/** Compressed messages that were inflated: bytes of both, all together. */
export interface Deflated {
  readonly messages: number;
  readonly inflated: number;
  readonly wire: number;
}

/** A capture in numbers. */
export interface DumpSummary {
  /** False where the rows are messages, of which no frames are known. */
  readonly framed: boolean;
  /** Microseconds since 1970; undefined where the input tells no times. */
  readonly startUs: number | undefined;
  readonly durationMs: number;
  readonly connections: {
    readonly opened: number;
    readonly refused: number;
    /** Their handshake is not in the capture. */
    readonly begun: number;
  };
  /** Frames by opcode, in the order of opcodes; bytes on the wire. */
  readonly opcodes: readonly (readonly [opcode: number, ByDirection<Passed>])[];
  /** Whole messages; bytes inflated. */
  readonly messages: ByDirection<Passed>;
  /** Bytes of a message, inflated. */
  readonly sizes: ByDirection<HistogramSummary | undefined>;
  /** Messages by their size: so many of at least `from` bytes and less than the next one's. */
  readonly sizeClasses: readonly { readonly from: number; readonly count: number }[];
  readonly deflated: ByDirection<Deflated>;
  /** Milliseconds from ping to pong, by who asked. */
  readonly roundTripsMs: ByDirection<HistogramSummary | undefined>;
  /** Milliseconds between two messages of the same side of a connection. */
  readonly gapsMs: ByDirection<HistogramSummary | undefined>;
  /** How connections ended: codes by how often, the most frequent first. */
  readonly closeCodes: readonly (readonly [code: number, count: number])[];
  /** Broken rules by how often. */
  readonly violations: readonly (readonly [rule: string, count: number])[];
  /** Frames of which the capture does not hold all bytes, and messages that are not whole. */
  readonly cut: number;
}

type Counter = { count: number; bytes: number };

/** When a side of a connection said something last. */
interface Connection {
  readonly lastNs: Partial<Record<Direction, bigint>>;
}

/** Connections that are followed at a time; of more, those that began first are forgotten. */
const MAX_CONNECTIONS = 65_536;
/** Classes of sizes: 0, from 1 on, from 16 on, and so forth. */
const CLASS_BITS = 4;

/** Counts what passes. Memory does not grow with the capture. */
export class DumpStatistics {
  readonly #connections = new Map<string, Connection>();
  readonly #opcodes = new Map<number, Record<Direction, Counter>>();
  readonly #messages = both(() => ({ count: 0, bytes: 0 }));
  readonly #deflated = both(() => ({ messages: 0, inflated: 0, wire: 0 }));
  readonly #sizes = both(() => new LogHistogram());
  readonly #gaps = both(() => new LogHistogram());
  readonly #roundTrips = both(() => new LogHistogram());
  readonly #sizeClasses: number[] = [];
  readonly #closeCodes = new Map<number, number>();
  readonly #violations = new Map<string, number>();
  #framed = false;
  #first: Event["at"] | undefined;
  #lastNs = 0n;
  #opened = 0;
  #refused = 0;
  #begun = 0;
  #cut = 0;

  push({ event }: NumberedEvent): void {
    this.#first ??= event.at;
    if (event.at.ns > this.#lastNs) this.#lastNs = event.at.ns;
    if (isRow(event)) this.#row(event);
    else this.#talk(event);
  }

  get summary(): DumpSummary {
    const first = this.#first;
    const summaries = (spreads: ByDirection<LogHistogram>) => ({
      out: spreads.out.summary,
      in: spreads.in.summary,
    });
    return {
      framed: this.#framed,
      startUs: first && first.epochUs !== 0 ? first.epochUs : undefined,
      durationMs: first ? elapsedMs(first.ns, this.#lastNs) : 0,
      connections: { opened: this.#opened, refused: this.#refused, begun: this.#begun },
      opcodes: [...this.#opcodes].toSorted(([a], [b]) => a - b),
      messages: this.#messages,
      sizes: summaries(this.#sizes),
      sizeClasses: this.#sizeClasses.map((count, i) => ({ from: classStart(i), count })),
      deflated: this.#deflated,
      roundTripsMs: summaries(this.#roundTrips),
      gapsMs: summaries(this.#gaps),
      closeCodes: byCount(this.#closeCodes),
      violations: byCount(this.#violations),
      cut: this.#cut,
    };
  }

  #talk(event: Exclude<Event, RowEvent>): void {
    if (event.type === "handshake") {
      const opened = saysOpen(event);
      if (opened) this.#opened += 1;
      else this.#refused += 1;
      for (const { rule } of event.violations) add(this.#violations, rule);
      this.#connections.delete(event.conn);
      if (opened) this.#begin(event.conn);
    }
    if (event.type === "finding") add(this.#violations, event.violation.rule);
    if (event.type === "close") {
      this.#connections.delete(event.conn);
      add(this.#closeCodes, event.code);
    }
  }

  #begin(conn: string): Connection {
    const connection: Connection = { lastNs: {} };
    this.#connections.set(conn, connection);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > MAX_CONNECTIONS && oldest !== undefined) {
      this.#connections.delete(oldest);
    }
    return connection;
  }

  #connectionOf(conn: string): Connection {
    const known = this.#connections.get(conn);
    if (known) return known;
    this.#begun += 1;
    return this.#begin(conn);
  }

  #row(event: RowEvent): void {
    const connection = this.#connectionOf(event.conn);
    const counter = this.#counterOf(rowOpcode(event))[event.dir];
    counter.count += 1;
    counter.bytes += rowLength(event);
    if (event.type === "frame") {
      this.#framed = true;
      if (event.frame.payloadCut) this.#cut += 1;
      for (const { rule } of event.violations) add(this.#violations, rule);
    }
    if (event.type !== "ping" && event.type !== "message" && event.rttMs !== undefined) {
      this.#roundTrip(event, event.rttMs);
    }
    this.#message(event, connection);
  }

  /** A pong tells how long it took; who asked is the other side. */
  #roundTrip(event: RowEvent, rttMs: number): void {
    if (rowOpcode(event) !== Opcode.pong) return;
    this.#roundTrips[event.dir === "out" ? "in" : "out"].record(rttMs);
  }

  #message(event: RowEvent, connection: Connection): void {
    const message = event.type === "frame" ? event.message : rowMessage(event)?.message;
    if (!message) return;
    const { data, wireLength, compressed, cut } = message;
    const { dir } = event;
    const size = cut ? wireLength : data.length;
    this.#messages[dir].count += 1;
    this.#messages[dir].bytes += size;
    if (cut && !(event.type === "frame" && event.frame.payloadCut)) this.#cut += 1;
    this.#size(dir, size);
    if (compressed && !cut) {
      const deflated = this.#deflated[dir];
      deflated.messages += 1;
      deflated.inflated += data.length;
      deflated.wire += wireLength;
    }
    const before = connection.lastNs[dir];
    connection.lastNs[dir] = event.at.ns;
    if (before === undefined || event.at.epochUs === 0) return;
    this.#gaps[dir].record(Math.max(0, elapsedMs(before, event.at.ns)));
  }

  #size(dir: Direction, size: number): void {
    this.#sizes[dir].record(size);
    const place = classOf(size);
    while (this.#sizeClasses.length <= place) this.#sizeClasses.push(0);
    this.#sizeClasses[place] = (this.#sizeClasses[place] ?? 0) + 1;
  }

  #counterOf(opcode: number): Record<Direction, Counter> {
    const known = this.#opcodes.get(opcode);
    if (known) return known;
    const counter = both(() => ({ count: 0, bytes: 0 }));
    this.#opcodes.set(opcode, counter);
    return counter;
  }
}

function both<T>(create: () => T): Record<Direction, T> {
  return { out: create(), in: create() };
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function byCount<K>(counts: ReadonlyMap<K, number>): [K, number][] {
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

function classOf(size: number): number {
  return size === 0 ? 0 : 1 + Math.floor(Math.log2(size) / CLASS_BITS);
}

function classStart(place: number): number {
  return place === 0 ? 0 : 2 ** ((place - 1) * CLASS_BITS);
}
