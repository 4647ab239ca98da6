import { Connection, type ConnectionHost, type ConnectionSink } from "./connection.ts";
import { ConnectionTable, type Route } from "./connection-table.ts";
import { Addresses, type Endpoint } from "./endpoint.ts";
import { type Flow, FLOW_LIMITS, type FlowLimits } from "./flow.ts";
import { HoldingBudget } from "./holding-budget.ts";
import { Recency } from "./recency.ts";
import { ACK, RST, SYN, type TcpSegment } from "./tcp-segment.ts";

/**
 * TCP segments of many connections, in the order of the capture → the bytes of each direction.
 *
 * 1. A connection is told when its first segment comes, be that a SYN or not. The sink gives back
 *    what takes the events of that connection.
 * 2. One that is over is remembered for a while, so that late and repeated segments do not look
 *    like a new one.
 * 3. The same addresses and ports may be used again: a SYN with another number begins a new
 *    connection. On top of one that is alive, it must be answered first, because such a SYN may as
 *    well be stray.
 *    Without a SYN, data tells it whose numbers are both far from those before, where that connection
 *    was over, or an upgrade begins. What cannot be known: a new one whose numbers are near, or that
 *    begins in its midst while the old one has no end in the capture.
 * 4. Everything is limited: connections, those remembered, and memory for what waits.
 */
export interface TcpSink {
  /** A connection begins; what happens on it goes to the sink that is given back. */
  open(connection: Connection): ConnectionSink;
}

export interface TcpLimits extends FlowLimits {
  /** Connections that are alive: the least recently used one ends as "evicted". Default 16384. */
  readonly maxConnections: number;
  /** Connections that are over, and remembered. Default 4096. */
  readonly maxRemembered: number;
  /** Memory for what all directions hold behind holes. Default 64 MiB. */
  readonly maxTotalHeldMemory: number;
}

const DEFAULTS: TcpLimits = {
  ...FLOW_LIMITS,
  maxConnections: 16_384,
  maxRemembered: 4096,
  maxTotalHeldMemory: 64 * 1024 * 1024,
};

/** Data on a connection that was over for so many seconds is of a new one. */
const REMEMBER_SECONDS = 60;

export class TcpConnections {
  readonly #host: ConnectionHost;
  readonly #limits: TcpLimits;
  readonly #budget: HoldingBudget;
  readonly #addresses = new Addresses();
  readonly #table = new ConnectionTable();
  readonly #alive = new Recency<Connection>();
  readonly #over = new Recency<Connection>();
  /** Those that wait for something that comes soon or not at all, in the order in which they began to. */
  readonly #waiting = new Set<Connection>();
  #opened = 0;
  #late = 0;

  constructor(sink: TcpSink, limits: Partial<TcpLimits> = {}) {
    this.#limits = { ...DEFAULTS, ...limits };
    this.#budget = new HoldingBudget(this.#limits.maxTotalHeldMemory);
    this.#host = {
      open: (connection) => sink.open(connection),
      closed: (connection) => this.#retire(connection),
      budget: this.#budget,
      limits: this.#limits,
    };
  }

  /** Connections told so far. */
  get opened(): number {
    return this.#opened;
  }

  /** Memory that bytes behind holes take, roughly. */
  get heldMemory(): number {
    return this.#budget.memory;
  }

  /** Segments with data that came after the end of their connection. */
  get late(): number {
    return this.#late;
  }

  push(segment: TcpSegment): void {
    if (this.#waiting.size > 0) this.#hurry(segment);
    const route = this.#find(segment);
    if (!route) return;
    const { connection, flow } = route;
    if (connection.closed) {
      if (flow.lacks(segment)) this.#late += 1;
      return;
    }
    connection.lastSeconds = segment.seconds;
    this.#alive.touch(connection);
    const waited = connection.isWaiting;
    connection.accept(flow, segment);
    if (connection.isWaiting) this.#waiting.add(connection);
    else if (waited) this.#waiting.delete(connection);
    this.#budget.enforce();
    if (this.#alive.size > this.#limits.maxConnections) this.#evict();
  }

  /** Nobody waits for long while others go on. */
  #hurry(now: TcpSegment): void {
    for (const connection of this.#waiting) {
      connection.hurry(now);
      if (connection.isWaiting) return;
      this.#waiting.delete(connection);
    }
  }

  /** The capture is over. */
  end(): void {
    for (let { oldest } = this.#alive; oldest; { oldest } = this.#alive) {
      oldest.end("capture-end");
    }
  }

  /** The connection of the segment, a new one where it begins one; undefined where it is stray. */
  #find(segment: TcpSegment): Route | undefined {
    const found = this.#table.find(segment);
    if (!found) return (segment.flags & RST) === 0 ? this.#open(segment) : undefined;
    const { connection, flow } = found;
    if (!beginsAnew(found, segment)) return isStraySyn(flow, segment) ? undefined : found;
    const { pendingSyn, closed } = connection;
    if (!closed) connection.end("reused");
    this.#forget(connection);
    return this.#open(segment, pendingSyn && synBefore(pendingSyn, found, segment));
  }

  /** @param synSeq number of the client's SYN, where that came before */
  #open(segment: TcpSegment, synSeq?: number): Route | undefined {
    const { addressBytes, addressLength, sourceAddress, destinationAddress } = segment;
    const end = (at: number, port: number): Endpoint => ({
      address: this.#addresses.of(addressBytes, at, addressLength),
      port,
    });
    const source = end(sourceAddress, segment.sourcePort);
    const destination = end(destinationAddress, segment.destinationPort);
    const syn = (segment.flags & SYN) !== 0;
    const fromServer = syn && (segment.flags & ACK) !== 0;
    const setup = {
      id: ++this.#opened,
      ends: fromServer ? ([destination, source] as const) : ([source, destination] as const),
      clientKnown: syn || synSeq !== undefined,
    };
    const connection = new Connection(this.#host, setup, segment);
    if (synSeq !== undefined) connection.flows[0].start(synSeq + 1);
    this.#table.add(connection);
    this.#alive.add(connection);
    return this.#table.find(segment);
  }

  /** Remembers a connection that is over. */
  #retire(connection: Connection): void {
    this.#alive.delete(connection);
    this.#waiting.delete(connection);
    this.#over.add(connection);
    const { oldest } = this.#over;
    if (oldest && this.#over.size > this.#limits.maxRemembered) this.#forget(oldest);
  }

  #forget(connection: Connection): void {
    this.#over.delete(connection);
    this.#table.delete(connection);
  }

  #evict(): void {
    const { oldest } = this.#alive;
    if (!oldest) return;
    oldest.end("evicted");
    this.#forget(oldest);
  }
}

/** A SYN that no connection of the same ends can have sent. */
function isStraySyn(flow: Flow, { flags, seq }: TcpSegment): boolean {
  return (flags & SYN) !== 0 && !flow.matchesSyn(seq);
}

/** Whether the segment is of another connection than the one with the same addresses and ports. */
function beginsAnew({ connection, flow }: Route, segment: TcpSegment): boolean {
  const { flags, seq } = segment;
  if ((flags & SYN) !== 0) {
    if (flow.matchesSyn(seq)) return false;
    const peer = connection.flows[flow.dir === 0 ? 1 : 0];
    if (connection.closed || (flags & ACK) !== 0 || !peer.begun) return true;
    // What it carries (RFC 7413) is of the new one, and not kept until that is certain.
    if (segment.end + segment.missing > segment.start) return true;
    connection.pendingSyn = { flow, seq };
    return false;
  }
  if (followsPendingSyn({ connection, flow }, segment)) return true;
  if (segment.end === segment.start) return false;
  const idle = segment.seconds - connection.lastSeconds;
  if (connection.closed && idle > REMEMBER_SECONDS) return true;
  return (connection.closed || beginsUpgrade(segment)) && isForeign({ connection, flow }, segment);
}

/** The number of the SYN that waits, where it is of the same connection. */
function synBefore(
  syn: NonNullable<Connection["pendingSyn"]>,
  { flow }: Route,
  { flags, ack }: TcpSegment,
): number | undefined {
  const isSyn = (flags & SYN) !== 0;
  if (syn.flow === flow) return isSyn ? undefined : syn.seq;
  const answered = (ack - syn.seq) | 0;
  return isSyn && answered > 0 && answered < WINDOW ? syn.seq : undefined;
}

/** Right behind the SYN that waits; or a while behind it, where some is missing between. */
function followsPendingSyn(route: Route, segment: TcpSegment): boolean {
  const { pendingSyn } = route.connection;
  if (pendingSyn?.flow !== route.flow) return false;
  const distance = (segment.seq - pendingSyn.seq) | 0;
  return distance === 1 || (distance > 1 && distance < WINDOW && isForeign(route, segment));
}

/** Whether neither number can belong to the connection. */
function isForeign({ connection, flow }: Route, { flags, seq, ack }: TcpSegment): boolean {
  const peer = connection.flows[flow.dir === 0 ? 1 : 0];
  return (flags & ACK) !== 0 && flow.isFar(seq) && peer.isFar(ack);
}

/** Bytes that may be missing behind a SYN. */
const WINDOW = 2 ** 20;
/** Bytes of a payload that are looked at. */
const LOOK = 2048;

/** Whether the payload is the beginning of a request, or a 101. */
function beginsUpgrade({ bytes, start, end }: TcpSegment): boolean {
  const first = bytes[start];
  if (first !== 0x47 && first !== 0x48) return false;
  const { buffer, byteOffset } = bytes;
  const length = Math.min(LOOK, end - start);
  const text = Buffer.from(buffer, byteOffset + start, length).toString("latin1");
  return /^(?:GET [^\r\n]* HTTP\/1\.1\r\n|HTTP\/1\.1 101 )/.test(text);
}
