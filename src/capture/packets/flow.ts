import type { Endpoint } from "./endpoint.ts";
import { type HeldPiece, HeldPieces } from "./held-pieces.ts";
import { HolePatience, type PatienceLimits } from "./hole-patience.ts";
import type { HoldingBudget } from "./holding-budget.ts";
import { toNanoseconds, toSeconds } from "./packet.ts";
import { FAR, LATE_SYN_DISTANCE, MAX_WINDOW, Sightings } from "./sightings.ts";
import { ACK, FIN, RST, SYN, type TcpSegment } from "./tcp-segment.ts";

/**
 * One direction of a TCP connection: segments in, as captured → bytes in order.
 *
 * 1. Sequence numbers become positions, which do not wrap: each is counted from the next expected
 *    one, so that 2^31 bytes before and behind it can be told.
 * 2. What is in turn is handed over where it is in the capture. What comes before its turn is
 *    copied and held; where held bytes overlap, those that came first win.
 * 3. A hole is waited for. It is given up, and its exact length told, once the peer has acknowledged
 *    what was not captured and does not turn up soon; or too much is held; or a minute has passed;
 *    or the connection ends.
 * 4. A direction begins with its SYN, or else where its first number was seen. What is sighted before
 *    it is taken counts, too.
 * 5. Where the snap length has cut a segment, the rest is a gap of known length.
 */
export interface FlowSink {
  /** `bytes[start, end)` are next; valid until the call returns. `flow.offset` is of the first. */
  data(flow: Flow, bytes: Uint8Array, start: number, end: number): void;
  /** `length` bytes were sent, but are not in the capture; they begin at `flow.offset`. */
  gap(flow: Flow, length: number): void;
  /** The sender has no more to send. */
  fin(flow: Flow): void;
  /** The sender has reset the connection. */
  reset(flow: Flow): void;
}

export interface FlowLimits extends PatienceLimits {
  /** Memory for what one direction holds behind a hole. Default 16 MiB. */
  readonly maxHeldMemory: number;
}

export const FLOW_LIMITS: FlowLimits = {
  maxHeldMemory: 16 * 1024 * 1024,
  acknowledgedPatience: 1,
  patience: 60,
};

/** How far beyond what was seen the acknowledgement of a RST may be. */
const LATE_ACKNOWLEDGEMENT = 65_536;
/** How far before what came the number of a RST may be. */
const LATE_RESET = 65_536;
export class Flow {
  /** 0: sent by the client, as far as that is known; 1: by the server. */
  readonly dir: 0 | 1;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Bytes handed over, or told as gaps, so far. */
  offset = 0;
  /** When the receiver could have these bytes: the latest time of all packets up to here. */
  seconds = 0;
  nanoseconds = 0;
  /** Number of that packet in the file. */
  packetNumber = 0;
  /** Bytes that came again, and bytes that differ from those that came first. */
  repeatedBytes = 0;
  differingBytes = 0;
  /** Bytes from before the first one told, which came too late: only without a SYN. */
  lateBytes = 0;
  /** Bytes that are not in the capture. */
  gapBytes = 0;
  /** The FIN has come, and all before it. */
  finished = false;
  wasReset = false;
  /** The RST came before bytes that its number counts, or says nothing of what its sender has. */
  resetEarly = false;

  #sink: FlowSink | undefined;
  readonly #limits: FlowLimits;
  readonly #budget: HoldingBudget;
  /** What waits behind a hole, and for how long: absent where nothing does, as there may be many directions. */
  #held: HeldPieces | undefined;
  #patience: HolePatience | undefined;
  /** Position and sequence number (as int32) of the next byte. */
  #next = 0;
  #nextSeq = 0;
  /** Until it is known where it begins. */
  #sightings: Sightings | undefined = new Sightings();
  /** Sequence number of the SYN, where it was seen. */
  #synSeq: number | undefined;
  /** Position of the first byte. */
  #origin = 0;
  /** Positions up to which the peer has acknowledged, and up to which this side has sent. */
  #acknowledged = -Infinity;
  /** Bytes that the peer had got before they came into the capture, up to a position. */
  #overtaken: (Moment & { readonly position: number }) | undefined;
  #sent = 0;
  #finAt = Infinity;
  #resetAt = Infinity;

  constructor(
    dir: 0 | 1,
    ends: { readonly source: Endpoint; readonly destination: Endpoint },
    budget: HoldingBudget,
    limits: FlowLimits = FLOW_LIMITS,
  ) {
    this.dir = dir;
    this.source = ends.source;
    this.destination = ends.destination;
    this.#budget = budget;
    this.#limits = limits;
  }

  /** Tells all that comes from now on. */
  attach(sink: FlowSink): void {
    this.#sink = sink;
  }

  get tsNs(): bigint {
    return toNanoseconds(this.seconds, this.nanoseconds);
  }

  /** Something of this direction was seen, or acknowledged. */
  get begun(): boolean {
    return this.#sightings?.isEmpty !== true;
  }

  get isOver(): boolean {
    return this.finished || this.wasReset;
  }

  /** It is known where it begins. */
  get settled(): boolean {
    return this.#sightings === undefined;
  }

  /** The peer has more of it than was told. */
  get isBehind(): boolean {
    return !this.isOver && this.#acknowledged > this.#next;
  }

  /** Whether the segment has data that did not come before. */
  lacks({ seq, start, end, missing }: TcpSegment): boolean {
    const length = end - start + missing;
    const position = this.#positionOf(seq);
    const isNew = length > 1 && position + length > this.#next;
    return isNew && !this.finished && !this.#isStray(position);
  }

  /** Whether the peer has acknowledged nothing beyond what came. */
  isAt(seq: number): boolean {
    return this.settled && this.#positionOf(seq) === this.#next;
  }

  /** The peer has not acknowledged all that was sent: more may be under way. */
  get isUnderWay(): boolean {
    return !this.isOver && this.#sent > Math.max(this.#acknowledged, this.#origin);
  }

  /** Whether the peer can have acknowledged up to there. */
  isNear(seq: number): boolean {
    const ahead = this.#positionOf(seq) - Math.max(this.#next, this.#acknowledged);
    return this.settled && ahead >= 0 && ahead <= LATE_ACKNOWLEDGEMENT;
  }

  /** Whether the number is far from all that was seen, as those of another connection mostly are. */
  isFar(seq: number): boolean {
    if (this.#sightings) return !this.#sightings.isEmpty && this.#sightings.isFar(seq);
    const position = this.#positionOf(seq);
    return position < this.#origin - LATE_SYN_DISTANCE || position > this.#next + FAR;
  }

  /** Bytes that wait behind a hole. */
  get heldBytes(): number {
    return this.#held?.covered ?? 0;
  }

  /**
   * The first byte has this sequence number, as a SYN tells: also behind its answer, which may count
   * data of the SYN (RFC 7413).
   */
  start(seq: number): void {
    const isUntold = this.#next === this.#origin && !this.isOver;
    if (this.#sightings || (isUntold && this.#positionOf(seq) < this.#next)) this.#settle(seq);
  }

  /** Looks at a segment of this direction, which will be taken later. */
  sight(segment: TcpSegment): void {
    this.#sightings?.sent(segment);
  }

  /** The same for one of the peer, which acknowledges this. */
  sightAcknowledgement({ ack, flags }: TcpSegment): void {
    if ((flags & SYN) !== 0) this.#sightings?.answered(ack);
    else this.#sightings?.acknowledged(ack);
  }

  /** It begins with the first byte that was sighted, if anything was. */
  settle(): void {
    const sightings = this.#sightings;
    if (sightings && !sightings.isEmpty) this.#settle(sightings.beginning);
  }

  /** Whether a SYN with this number can belong to this direction. */
  matchesSyn(seq: number): boolean {
    if (this.#synSeq !== undefined) return this.#synSeq === seq;
    const sightings = this.#sightings;
    if (sightings) return sightings.isEmpty || sightings.isBehindSyn(seq);
    const distance = this.#origin - this.#positionOf(seq + 1);
    return distance >= 0 && distance <= LATE_SYN_DISTANCE;
  }

  /** Takes a segment of this direction. */
  accept(segment: TcpSegment): void {
    if (this.wasReset) return;
    const { flags } = segment;
    let { seq } = segment;
    if ((flags & SYN) !== 0) {
      this.#synSeq ??= seq;
      seq += 1;
      this.start(seq);
    } else if (this.#sightings) {
      this.sight(segment);
      this.settle();
    }
    const position = this.#positionOf(seq);
    if (!this.#isStray(position)) {
      if ((flags & RST) === 0) this.#take(segment, position);
      else this.#reset(segment, position);
    }
    if (this.#waits) this.#review(segment);
  }

  /** Takes the acknowledgement in a segment of the peer. */
  acknowledge(segment: TcpSegment): void {
    if (this.#sightings) {
      this.sightAcknowledgement(segment);
      this.settle();
    }
    const position = this.#positionOf(segment.ack);
    if (position > this.#acknowledged) this.#acknowledged = position;
    if (position > this.#next && (this.#overtaken?.position ?? 0) <= this.#next) {
      const { seconds, nanoseconds, packetNumber } = segment;
      this.#overtaken = { position, seconds, nanoseconds, packetNumber };
    }
    if (this.#waits) this.#review(segment);
  }

  /** Waits no longer for what is missing. */
  giveUp(): void {
    while (this.#waits) this.#skip();
  }

  /**
   * The connection is over, and nothing is held any more: tells as a gap what the peer acknowledged,
   * or this side counted, beyond the last byte seen. Where the peer was closing, too, one of these
   * numbers is that of a FIN.
   * @param reused the ports are those of another connection by now: what is far may be of that one
   */
  tellTail(peerFinished: boolean, reused: boolean): void {
    if (this.isOver) return;
    const tail = Math.max(this.#acknowledged, this.#sent) - this.#next - (peerFinished ? 1 : 0);
    if (tail > 0 && !(reused && tail > FAR)) this.#gap(tail);
  }

  get #waits(): boolean {
    if (this.#held) return true;
    if (this.#finAt !== Infinity && !this.finished) return true;
    return this.#resetAt !== Infinity && !this.wasReset;
  }

  #positionOf(seq: number): number {
    return this.#next + ((seq - this.#nextSeq) | 0);
  }

  /** Where the first thing is that waits. */
  #lowest(): number {
    const first = this.#held?.first?.start ?? Infinity;
    const finAt = this.finished ? Infinity : this.#finAt;
    const resetAt = this.wasReset ? Infinity : this.#resetAt;
    const lowest = Math.min(first, finAt, resetAt);
    return lowest === Infinity ? this.#next : lowest;
  }

  /** Begins with this number; again, as long as nothing was told. */
  #settle(seq: number): void {
    const acknowledged = this.#sightings?.lastAcknowledged;
    this.#origin = this.settled ? this.#positionOf(seq) : 0;
    this.#sightings = undefined;
    this.#next = this.#origin;
    this.#nextSeq = seq | 0;
    if (acknowledged !== undefined) this.#acknowledged = this.#positionOf(acknowledged);
    this.#drain();
  }

  #advance(length: number): void {
    this.#next += length;
    this.#nextSeq = (this.#nextSeq + length) | 0;
  }

  /** The number is outside of every window: what has it belongs to something else. */
  #isStray(position: number): boolean {
    const ahead = position - Math.max(this.#next, this.#acknowledged);
    return ahead > MAX_WINDOW || this.#next - position > MAX_WINDOW;
  }

  /**
   * What a RST carries, if anything, is no part of the stream. Who gets one far from what came takes
   * it for that of something else, too (RFC 9293, section 3.10.7.4).
   */
  #reset({ flags }: TcpSegment, position: number): void {
    const latest = Math.max(this.#next, this.#acknowledged, this.#sent);
    if (position > latest + FAR || position < this.#next - LATE_RESET) return;
    if (this.#resetAt !== Infinity) return;
    this.#resetAt = position;
    this.resetEarly = (flags & ACK) === 0 || (position > this.#next && !this.finished);
  }

  #take(segment: TcpSegment, position: number): void {
    const captured = position + segment.end - segment.start;
    const end = captured + segment.missing;
    if (end > this.#sent) this.#sent = end;
    if ((segment.flags & FIN) !== 0) this.#fin(end);
    if (end > position) this.#takeData(segment, position, captured, end);
  }

  /** One before what was sent already is none; an acknowledgement may overtake it, and counts it. */
  #fin(position: number): void {
    if (position < this.#next) return;
    if (position >= this.#sent - 1) this.#finAt = Math.min(this.#finAt, position);
  }

  #takeData(segment: TcpSegment, position: number, captured: number, end: number): void {
    const inTurn = position === this.#next && !this.#held;
    if (!inTurn || end > this.#finAt) {
      this.#hold(segment, position, Math.min(captured, this.#finAt), Math.min(end, this.#finAt));
      return;
    }
    const { bytes, start, end: stop } = segment;
    this.#stampUpTo(end, segment);
    if (stop > start) this.#deliver(bytes, start, stop);
    if (segment.missing > 0) this.#gap(segment.missing);
  }

  #deliver(bytes: Uint8Array, start: number, end: number): void {
    this.#sink?.data(this, bytes, start, end);
    this.offset += end - start;
    this.#advance(end - start);
  }

  #gap(length: number): void {
    this.#sink?.gap(this, length);
    this.gapBytes += length;
    this.offset += length;
    this.#advance(length);
  }

  /** The segment is out of turn, overlaps, or comes again. */
  #hold(segment: TcpSegment, position: number, captured: number, end: number): void {
    if (this.#isKeepAlive(position, end)) return;
    const from = Math.max(position, this.#next);
    this.#countRepeated(position, Math.min(from, end));
    const { seconds, nanoseconds, packetNumber } = segment;
    const alone = end <= this.#acknowledged ? ("probe" as const) : ("data" as const);
    const isAlone = end - position === 1;
    const common = { seconds, nanoseconds, packetNumber, ...(isAlone && { alone }) };
    const held = this.#held ?? new HeldPieces();
    const before = held.memory;
    if (captured > from) {
      const at = segment.start + from - position;
      const bytes = segment.bytes.subarray(at, at + captured - from);
      this.#add(held, { start: from, end: captured, bytes, ...common });
    }
    const unseen = Math.max(from, captured);
    if (end > unseen) this.#add(held, { start: unseen, end, bytes: undefined, ...common });
    if (held.memory === before) return;
    this.#held = held;
    this.#budget.change(this, held.memory - before, held.memory);
    this.#drain();
  }

  #countRepeated(start: number, end: number): void {
    const late = Math.max(0, Math.min(end, this.#origin) - start);
    this.lateBytes += late;
    this.repeatedBytes += Math.max(0, end - start) - late;
  }

  #add(held: HeldPieces, piece: HeldPiece): void {
    const before = held.covered;
    this.differingBytes += held.add(piece);
    this.repeatedBytes += piece.end - piece.start - (held.covered - before);
  }

  /** At most one byte, which the peer has already (RFC 9293, section 3.8.4). */
  #isKeepAlive(position: number, end: number): boolean {
    return end - position <= 1 && end === this.#next;
  }

  #drain(): void {
    const held = this.#held;
    if (!held?.first || held.first.start > this.#next) return;
    const before = held.memory;
    for (const piece of held.takeFrom(this.#next)) {
      this.#stampUpTo(piece.end, piece);
      if (piece.bytes) this.#deliver(piece.bytes, 0, piece.bytes.length);
      else this.#gap(piece.end - piece.start);
    }
    this.#budget.change(this, held.memory - before, held.memory);
    if (held.count === 0) this.#forgetHole();
  }

  /** Goes on where that is possible, and gives up where waiting is hopeless. */
  #review(now: TcpSegment): void {
    this.#conclude(now);
    // Not hole by hole: who keeps at the limit would copy each segment, and move all others.
    if (this.#held && this.#held.memory > this.#limits.maxHeldMemory) this.giveUp();
    while (this.#waits && this.#isHopeless(now)) this.#skip();
  }

  #isHopeless(now: TcpSegment): boolean {
    const pieces = this.#held?.count ?? 0;
    const acknowledged = this.#acknowledged >= this.#lowest();
    this.#patience ??= new HolePatience(this.#limits);
    return this.#patience.isOver(this.#next, toSeconds(now), { pieces, acknowledged });
  }

  /** Tells the hole as a gap, and what is behind it. */
  #skip(): void {
    let hole = this.#lowest() - this.#next;
    const first = this.#held?.first;
    if (first && first.start === this.#lowest()) {
      this.#stamp(first);
      // That of a keep-alive may be any.
      if (hole > 0 && first.alone === "probe") hole += 1;
    }
    if (hole > 0) this.#gap(hole);
    this.#drain();
    this.#conclude(this);
  }

  /** Nothing that is held is of use any more. */
  #release(): void {
    if (!this.#held) return;
    this.#budget.change(this, -this.#held.memory, 0);
    this.#forgetHole();
  }

  /** A later one is another. */
  #forgetHole(): void {
    this.#held = undefined;
    this.#patience = undefined;
  }

  /** Tells FIN and RST once all before them is told. */
  #conclude(now: Moment): void {
    if (!this.finished && this.#next >= this.#finAt) {
      this.#stamp(now);
      this.finished = true;
      this.#sink?.fin(this);
      this.#release();
    }
    if (this.wasReset || this.#resetAt === Infinity) return;
    if (this.#next < this.#resetAt && !this.finished) return;
    this.wasReset = true;
    while (this.#waits) this.#skip();
    this.#stamp(now);
    this.#sink?.reset(this);
  }

  /** What comes once more, because it was not captured the first time, was there before its acknowledgement. */
  #stampUpTo(end: number, came: Moment): void {
    const overtaken = this.#overtaken;
    this.#stamp(
      overtaken && end <= overtaken.position && isBefore(overtaken, came) ? overtaken : came,
    );
  }

  #stamp({ seconds, nanoseconds, packetNumber }: Moment): void {
    if (seconds < this.seconds) return;
    if (seconds === this.seconds && nanoseconds < this.nanoseconds) return;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.packetNumber = packetNumber;
  }
}

interface Moment {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly packetNumber: number;
}

function isBefore(a: Moment, b: Moment): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}
