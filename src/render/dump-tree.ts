import { saysOpen } from "../opened.ts";
import { elapsedMs } from "../clock.ts";
import { exactLength, lengthSum } from "../protocol/exact-length.ts";
import { isControl } from "../protocol/opcodes.ts";
import { isRow, type NumberedEvent, type RowEvent, rowMessage, rowOpcode } from "../rows.ts";
import type { Direction, Event, FrameEvent } from "../transport/events.ts";
import { truncate } from "../width.ts";
import { CAPTURED_SIDES, closeLines } from "./close-words.ts";
import { contentPreview } from "./dump-messages.ts";
import { RowReader, rowPreview, type RowFacts, type DumpLook, type DumpView } from "./dump-row.ts";
import { DEFAULT_MAX_PRINT } from "./frame-line.ts";
import { escapeControl } from "./escape.ts";
import { formatCount, formatPlural } from "./format.ts";
import { handshakeLines } from "./handshake-lines.ts";
import { renderSpans, type Span, span, spansWidth } from "./span.ts";

export interface DumpTreeOptions extends DumpLook {
  readonly showSecrets?: boolean;
  /** Lines that are held, of all connections together. Default 50,000. */
  readonly maxHeldLines?: number;
}

/** A thing with what belongs to it. */
interface Node {
  readonly line: string;
  readonly children: readonly string[];
}

/** A message whose last fragment has not come. */
interface OpenMessage {
  readonly number: number;
  readonly at: bigint;
  readonly opcode: string;
  readonly children: string[];
  length: number | bigint;
  /** Parts that are not among the children, because there are too many. */
  left: number;
}

interface Connection {
  readonly head: readonly string[];
  readonly openedAt: bigint;
  readonly nodes: Node[];
  readonly open: Partial<Record<Direction, OpenMessage>>;
  lines: number;
  /** Nodes of it have been shown already. */
  continued: boolean;
}

const DEFAULT_MAX_HELD_LINES = 50_000;
/** The share of it that is filled once there is room again. */
const ROOMY = 0.9;
/** Frames of one message that are listed. */
const MAX_PARTS = 1000;
/** In a log file nothing cuts a line; so much of a payload tells what it is. */
const LOG_COLUMNS = 160;
const OPCODE_COLUMNS = "binary".length;
const LENGTH_COLUMNS = "70,000 B".length;

/**
 * Connections, each with its messages; below a message that came in several frames these frames, and
 * the control frames that stood between them.
 *
 * 1. A connection is shown when it has ended, so that its messages stand together.
 * 2. Messages stand in the order in which they were complete.
 * 3. Where too many lines are held, the connection with the most is shown as far as it is known, and
 *    goes on later under a heading that says so.
 */
export function createDumpTree(options: DumpTreeOptions): DumpView {
  const tree = new DumpTree(options);
  return { push: (numbered) => tree.push(numbered), end: () => tree.end() };
}

class DumpTree {
  readonly #options: DumpTreeOptions;
  readonly #columns: number;
  readonly #maxPrint: number;
  readonly #reader = new RowReader();
  readonly #connections = new Map<string, Connection>();
  #held = 0;
  #shown = false;

  constructor(options: DumpTreeOptions) {
    this.#options = options;
    this.#columns = options.columns ?? LOG_COLUMNS;
    this.#maxPrint = options.maxPrint ?? DEFAULT_MAX_PRINT;
  }

  push({ event, number }: NumberedEvent): string[] {
    const before = event.type === "handshake" ? this.#finish(event.conn) : [];
    const connection = this.#connectionOf(event);
    if (isRow(event)) this.#row(connection, event, number);
    else this.#talk(connection, event);
    const ends = event.type === "close" || (event.type === "handshake" && !saysOpen(event));
    if (ends) return [...before, ...this.#finish(event.conn)];
    return [...before, ...this.#makeRoom()];
  }

  end(): string[] {
    return [...this.#connections.keys()].flatMap((conn) => this.#finish(conn));
  }

  #connectionOf(event: Event): Connection {
    const known = this.#connections.get(event.conn);
    if (known) return known;
    const connection: Connection = {
      head: this.#head(event),
      openedAt: event.at.ns,
      nodes: [],
      open: {},
      lines: 1,
      continued: false,
    };
    this.#connections.set(event.conn, connection);
    this.#held += 1;
    return connection;
  }

  #head(event: Event): string[] {
    const { theme, showSecrets = false } = this.#options;
    const name = event.at.epochUs === 0 ? "" : `#${escapeControl(event.conn)} `;
    if (event.type !== "handshake") return [theme.bold(name === "" ? "frames" : name.trimEnd())];
    const look = { theme, columns: this.#options.columns, heads: false, showSecrets };
    return handshakeLines(event, [span(name)], look);
  }

  #talk(connection: Connection, event: Exclude<Event, RowEvent>): void {
    const { theme } = this.#options;
    const columns = this.#columns - TWIG;
    if (event.type === "close") {
      const look = { theme, columns, sides: CAPTURED_SIDES };
      const [first = "", ...rest] = closeLines(event, undefined, look);
      this.#add(connection, { line: first, children: rest.map((line) => line.trimStart()) });
    }
    if (event.type === "note" || event.type === "error") {
      const sign = event.type === "note" ? "·" : "!";
      const style = event.type === "note" ? theme.dim : theme.bad;
      const text = truncate(`${sign} ${escapeControl(event.message)}`, columns);
      this.#add(connection, { line: style(text), children: [] });
    }
    if (event.type === "finding") {
      this.#add(connection, { line: this.#violation(event.violation, columns), children: [] });
    }
  }

  #row(connection: Connection, event: RowEvent, number: number): void {
    const facts = this.#reader.read(event);
    if (event.type !== "frame") {
      this.#add(connection, this.#leaf(connection, event, facts, number));
      return;
    }
    const control = isControl(rowOpcode(event));
    const open = control ? openMessage(connection, event.dir) : connection.open[event.dir];
    // A new message in the middle of another gives that one up.
    const interrupts = open && !control && event.fragment === 1;
    if (interrupts) this.#giveUp(connection, event.dir);
    if (open && !interrupts) this.#part(connection, open, event, facts, number);
    else if (event.fragment === 1 && !event.frame.header.fin) {
      this.#begin(connection, event, facts, number);
    } else this.#add(connection, this.#leaf(connection, event, facts, number));
  }

  /** A frame that is a message, or stands alone. */
  #leaf(connection: Connection, event: RowEvent, facts: RowFacts, number: number): Node {
    const head = this.#rowSpans(connection, event, facts, number);
    const room = this.#columns - TWIG - spansWidth(head);
    const preview = rowPreview(event, facts.place, { columns: room, maxPrint: this.#maxPrint });
    const line = renderSpans([...head, span(preview)]);
    return { line, children: this.#violations(event, this.#columns - 2 * TWIG) };
  }

  #begin(connection: Connection, event: FrameEvent, facts: RowFacts, number: number): void {
    const { opcode } = facts;
    const open: OpenMessage = {
      number,
      at: event.at.ns,
      opcode,
      children: [],
      length: 0,
      left: 0,
    };
    connection.open[event.dir] = open;
    this.#part(connection, open, event, facts, number);
  }

  /** A fragment, or a control frame between two of them. */
  #part(
    connection: Connection,
    open: OpenMessage,
    event: FrameEvent,
    facts: RowFacts,
    number: number,
  ): void {
    const control = isControl(event.frame.header.opcode);
    if (!control) open.length = lengthSum(open.length, exactLength(event.frame));
    const lines = this.#partLines(connection, event, facts, number);
    if (open.children.length + lines.length <= MAX_PARTS) {
      open.children.push(...lines);
      connection.lines += lines.length;
      this.#held += lines.length;
    } else open.left += 1;
    if (!control && event.frame.header.fin) this.#complete(connection, open, event);
  }

  #partLines(connection: Connection, event: FrameEvent, facts: RowFacts, number: number): string[] {
    const { dim } = this.#options.theme;
    const spans = this.#rowSpans(connection, event, facts, number);
    const note = facts.fragment === "" ? "" : `fragment ${facts.fragment}  `;
    const head = [...spans, span(note, dim)];
    const room = this.#columns - 2 * TWIG - spansWidth(head);
    const own = ownFrame(event);
    const preview = rowPreview(own, facts.place, { columns: room, maxPrint: this.#maxPrint });
    const line = renderSpans([...head, span(preview)]);
    return [line, ...this.#violations(event, this.#columns - 2 * TWIG)];
  }

  #complete(connection: Connection, open: OpenMessage, event: FrameEvent): void {
    delete connection.open[event.dir];
    const message = rowMessage(event)?.message;
    const parts = formatPlural(message?.fragments ?? open.children.length, "fragment");
    const head = this.#messageSpans(connection, open, event.dir, parts);
    const room = this.#columns - TWIG - spansWidth(head);
    const text = message && !message.cut ? contentPreview(message, room, this.#maxPrint) : "";
    this.#addMessage(connection, open, renderSpans([...head, span(text)]));
  }

  /** The message never ends: another began, or nothing more came. */
  #giveUp(connection: Connection, dir: Direction): void {
    const open = connection.open[dir];
    if (!open) return;
    delete connection.open[dir];
    const head = this.#messageSpans(connection, open, dir, "not complete");
    this.#addMessage(connection, open, renderSpans(head));
  }

  #addMessage(connection: Connection, { children, left }: OpenMessage, line: string): void {
    const { dim } = this.#options.theme;
    const more = left === 0 ? [] : [dim(`… ${formatPlural(left, "more frame")}`)];
    // Its parts are counted already.
    this.#held -= children.length;
    connection.lines -= children.length;
    this.#add(connection, { line, children: [...children, ...more] });
  }

  #messageSpans(
    connection: Connection,
    { number, at, opcode, length }: OpenMessage,
    dir: Direction,
    note: string,
  ): Span[] {
    const { dim } = this.#options.theme;
    return [
      ...this.#placeSpans(connection, number, at),
      ...this.#kindSpans(dir, opcode, `${formatCount(length)} B`),
      span(`${note}  `, dim),
    ];
  }

  #rowSpans(connection: Connection, event: RowEvent, facts: RowFacts, number: number): Span[] {
    return [
      ...this.#placeSpans(connection, number, event.at.ns, event.at.epochUs !== 0),
      ...this.#kindSpans(event.dir, facts.opcode, `${facts.length} B`),
    ];
  }

  /** Its number, and seconds since the connection began. */
  #placeSpans({ openedAt }: Connection, number: number, ns: bigint, timed = true): Span[] {
    const { dim } = this.#options.theme;
    const seconds = (elapsedMs(openedAt, ns) / 1000).toFixed(3).padStart(7);
    return [span(`${String(number).padStart(4)} ${timed ? `${seconds} ` : ""}`, dim)];
  }

  #kindSpans(dir: Direction, opcode: string, length: string): Span[] {
    const { theme } = this.#options;
    return [
      span(
        `${dir === "out" ? "→" : "←"} ${opcode.padEnd(OPCODE_COLUMNS)}`,
        dir === "out" ? theme.out : theme.in,
      ),
      span(` ${length.padStart(LENGTH_COLUMNS)}  `),
    ];
  }

  #violations(event: RowEvent, columns: number): string[] {
    if (event.type !== "frame") return [];
    return event.violations.map((violation) => this.#violation(violation, columns));
  }

  #violation({ rule, message }: FrameEvent["violations"][number], columns: number): string {
    return this.#options.theme.bad(truncate(`! ${rule}: ${escapeControl(message)}`, columns));
  }

  #add(connection: Connection, node: Node): void {
    const lines = 1 + node.children.length;
    connection.nodes.push(node);
    connection.lines += lines;
    this.#held += lines;
  }

  /** Shows what is held of the connections with the most lines, and some more, so that it is seldom. */
  #makeRoom(): string[] {
    const { maxHeldLines = DEFAULT_MAX_HELD_LINES } = this.#options;
    if (this.#held <= maxHeldLines) return [];
    const shown: string[] = [];
    for (const [conn, connection] of this.#largestFirst()) {
      // So many small ones are held that it is their number.
      const lines =
        connection.nodes.length === 0 ? this.#finish(conn) : this.#show(connection, conn);
      shown.push(...lines);
      if (this.#held <= maxHeldLines * ROOMY) break;
    }
    return shown;
  }

  #largestFirst(): (readonly [conn: string, connection: Connection])[] {
    return [...this.#connections].toSorted(([, a], [, b]) => b.lines - a.lines);
  }

  #finish(conn: string): string[] {
    const connection = this.#connections.get(conn);
    if (!connection) return [];
    this.#giveUp(connection, "out");
    this.#giveUp(connection, "in");
    this.#connections.delete(conn);
    this.#reader.forget(conn);
    const lines = connection.nodes.length > 0 || !connection.continued;
    const shown = lines ? this.#show(connection, conn) : [];
    this.#held -= connection.lines;
    return shown;
  }

  #show(connection: Connection, conn: string): string[] {
    const { bold, dim } = this.#options.theme;
    const nodes = connection.nodes.splice(0);
    const counted = nodes.reduce((sum, { children }) => sum + 1 + children.length, 0);
    connection.lines -= counted;
    this.#held -= counted;
    const again = `${bold(`#${escapeControl(conn)}`)} ${dim("continued")}`;
    const head = connection.continued ? [again] : connection.head;
    const gap = this.#shown ? [""] : [];
    connection.continued = true;
    this.#shown = true;
    return [...gap, ...head, ...branches(nodes, dim)];
  }
}

/** Columns of `├─ `. */
const TWIG = 3;

function branches(nodes: readonly Node[], dim: (text: string) => string): string[] {
  return nodes.flatMap(({ line, children }, i) => {
    const last = i === nodes.length - 1;
    return [
      `${dim(last ? "└─ " : "├─ ")}${line}`,
      ...children.map((child, k) => {
        const end = k === children.length - 1;
        return `${dim(`${last ? "   " : "│  "}${end ? "└─ " : "├─ "}`)}${child}`;
      }),
    ];
  });
}

/** The message in the middle of which a control frame stands: that of its own direction first. */
function openMessage({ open }: Connection, dir: Direction): OpenMessage | undefined {
  return open[dir] ?? open[dir === "out" ? "in" : "out"];
}

/** The frame without the message that it completes, which stands above it. */
function ownFrame(event: FrameEvent): FrameEvent {
  const { message: _message, ...own } = event;
  return own;
}
