import type { Endpoint } from "./endpoint.ts";
import { Flow, type FlowLimits, type FlowSink } from "./flow.ts";
import type { Holder, HoldingBudget } from "./holding-budget.ts";
import { Opening } from "./opening.ts";
import { toNanoseconds, toSeconds } from "./packet.ts";
import type { Linked } from "./recency.ts";
import { ACK, RST, SYN, type TcpSegment } from "./tcp-segment.ts";

/**
 * Why nothing more is told of a connection: both sides have finished; one has reset it; the same
 * addresses and ports began a new one; too many others were more recent; the capture is over.
 */
export type EndReason = "fin" | "reset" | "reused" | "evicted" | "capture-end";

/** Takes what happens on one connection. */
export interface ConnectionSink extends FlowSink {
  /** Nothing more comes. */
  end(reason: EndReason): void;
}

/** What all connections share. */
export interface ConnectionHost {
  open(connection: Connection): ConnectionSink;
  /** Called once nothing more is told of it. */
  closed(connection: Connection): void;
  readonly budget: HoldingBudget;
  readonly limits: FlowLimits;
}

/** What a connection is made with. */
export interface ConnectionSetup {
  readonly id: number;
  readonly ends: readonly [Endpoint, Endpoint];
  /** The first end is known to be the client, because it sent the SYN or got its answer. */
  readonly clientKnown: boolean;
}

/** How long the other side may go on after a RST, in seconds. */
const LINGER = 1;

/**
 * A TCP connection: two directions, each put in order by itself. Until a SYN has told where both of
 * them begin, segments wait for it a while, as captures are not always in order. Where none comes,
 * each begins with the first byte of it that was seen meanwhile.
 */
export class Connection implements Linked<Connection>, Holder {
  /** Counted from 1 over the capture. */
  readonly id: number;
  readonly clientKnown: boolean;
  /** What the client sends, and what the server does; by who was seen first where that is unknown. */
  readonly flows: readonly [Flow, Flow];
  /** Time of the first segment. */
  readonly seconds: number;
  readonly nanoseconds: number;
  closed = false;
  /** Time of the latest segment, in seconds. */
  lastSeconds: number;
  /** A SYN on top of a live connection: a new one if more of it comes. */
  pendingSyn: { readonly flow: Flow; readonly seq: number } | undefined;
  newer: Connection | undefined;
  older: Connection | undefined;
  readonly #sink: ConnectionSink;
  readonly #host: ConnectionHost;
  /** Undefined once both directions have begun. */
  #opening: Opening | undefined = new Opening();
  /** Since when one side has reset it, while something of the other may be under way. */
  #lingersSince: number | undefined;

  constructor(host: ConnectionHost, setup: ConnectionSetup, first: TcpSegment) {
    const { budget, limits } = host;
    const [source, destination] = setup.ends;
    this.#host = host;
    this.id = setup.id;
    this.clientKnown = setup.clientKnown;
    this.seconds = first.seconds;
    this.nanoseconds = first.nanoseconds;
    this.lastSeconds = first.seconds;
    this.flows = [
      new Flow(0, { source, destination }, budget, limits),
      new Flow(1, { source: destination, destination: source }, budget, limits),
    ];
    this.#sink = host.open(this);
    for (const flow of this.flows) flow.attach(this.#sink);
  }

  /** The client's end where that is known, otherwise that of the first segment. */
  get client(): Endpoint {
    return this.flows[0].source;
  }

  get server(): Endpoint {
    return this.flows[0].destination;
  }

  /** Time of the first segment. */
  get tsNs(): bigint {
    return toNanoseconds(this.seconds, this.nanoseconds);
  }

  /** Something waits for a SYN, or for what may be under way behind a RST. */
  get isWaiting(): boolean {
    if (this.closed) return false;
    return this.#lingersSince !== undefined || this.#opening?.isEmpty === false;
  }

  /** Takes a segment whose sender is that of `flow`. */
  accept(flow: Flow, segment: TcpSegment): void {
    const opening = this.#opening;
    if (!opening) return this.#take(flow, segment);
    const refuses = opening.isEmpty && this.#isRefusal(flow, segment);
    if ((segment.flags & SYN) === 0 && !refuses) return this.#wait(opening, flow, segment);
    if ((segment.flags & ACK) !== 0) this.#peerOf(flow).sightAcknowledgement(segment);
    flow.accept(segment);
    if (refuses || this.flows.every(({ settled }) => settled)) this.giveUp();
    this.#conclude(segment);
  }

  /** Waits no longer for what should have come by now. */
  hurry(now: TcpSegment): void {
    if (this.#opening?.isOver(now)) this.giveUp();
    const since = this.#lingersSince ?? Infinity;
    if (toSeconds(now) - since > LINGER) this.end("reset");
  }

  /** Waits no longer for a SYN. */
  giveUp(): void {
    const opening = this.#opening;
    if (!opening) return;
    this.#opening = undefined;
    this.#host.budget.change(this, -opening.memory, 0);
    for (const flow of this.flows) flow.settle();
    for (const { flow, segment } of opening.take()) if (!this.closed) this.#take(flow, segment);
  }

  /** A RST before anything else, which acknowledges the SYN. */
  #isRefusal(flow: Flow, { flags, ack }: TcpSegment): boolean {
    return (flags & RST) !== 0 && (flags & ACK) !== 0 && this.#peerOf(flow).isAt(ack);
  }

  #wait(opening: Opening, flow: Flow, segment: TcpSegment): void {
    const before = opening.memory;
    opening.add(flow, segment);
    this.#host.budget.change(this, opening.memory - before, opening.memory);
    if ((segment.flags & ACK) !== 0) this.#peerOf(flow).sightAcknowledgement(segment);
    flow.sight(segment);
    if (opening.isFull) this.giveUp();
  }

  #peerOf(flow: Flow): Flow {
    return this.flows[flow.dir === 0 ? 1 : 0];
  }

  /** What a segment acknowledges comes first: its sender had that before it sent this. */
  #take(flow: Flow, segment: TcpSegment): void {
    const peer = this.#peerOf(flow);
    if ((segment.flags & (ACK | RST)) === ACK) peer.acknowledge(segment);
    flow.accept(segment);
    // Some stacks put any number into a RST.
    if (flow.wasReset && (segment.flags & ACK) !== 0 && peer.isNear(segment.ack)) {
      peer.acknowledge(segment);
    }
    this.#conclude(segment);
  }

  /** Ends where both sides have; what was under way when one reset it may come a little later. */
  #conclude(now: TcpSegment): void {
    const [first, second] = this.flows;
    if (first.isOver && second.isOver) this.end("fin");
    else if (first.wasReset || second.wasReset) {
      const early = first.resetEarly || second.resetEarly;
      const waits = [first, second].some((flow) => flow.isBehind || flow.isUnderWay);
      if (early || waits) this.#lingersSince ??= toSeconds(now);
      else this.end("reset");
    }
  }

  /** Tells all that is left. The reason counts where the connection has not come to its own end. */
  end(reason: EndReason): void {
    this.giveUp();
    if (this.closed) return;
    this.closed = true;
    const [first, second] = this.flows;
    first.giveUp();
    second.giveUp();
    const reused = reason === "reused";
    first.tellTail(second.finished, reused);
    second.tellTail(first.finished, reused);
    const wasReset = first.wasReset || second.wasReset;
    const finished = first.finished && second.finished;
    this.#sink.end(finished ? "fin" : wasReset ? "reset" : reason);
    this.#host.closed(this);
  }
}
