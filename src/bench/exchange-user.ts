import type { LeanClose } from "../transport/lean-connection.ts";
import type { Key } from "../scenario/matcher.ts";
import type { Composed } from "./composer.ts";
import { inflateMessage } from "./outgoing-frame.ts";
import { SendTimes } from "./send-times.ts";
import type { LoadConnection, User, UserContext } from "./user.ts";

/** How messages are made and replies are known, for all users of a worker. */
export interface Exchange {
  readonly compose: (socket: number, seq: number) => Composed;
  /** The frame that carries a message. */
  readonly encode: (opcode: number, payload: Uint8Array) => Uint8Array;
  /** The key of a reply; absent where replies come in order. */
  readonly keyOf?: ((payload: Uint8Array) => Key | undefined) | undefined;
  readonly verify: boolean;
  /** A reply also settles what was sent before it, as a pong may (RFC 6455, section 5.5.3). */
  readonly settlesEarlier?: boolean;
  /** A socket whose last message has no reply when the next one is due has lost its peer. */
  readonly beats?: boolean;
  /** The time from the message before to this one, in ms, where the pace is that of a recording. */
  readonly gapMs?: ((seq: number) => number) | undefined;
  /** Frames that are sent when the socket opens. */
  readonly greetings?: ((socket: number) => readonly Uint8Array[]) | undefined;
}

interface Sent {
  readonly dueAt: number;
  readonly sentAt: number;
  readonly seq: number;
  readonly payload: Uint8Array | undefined;
  replies: number;
}

/** So many answered keys are remembered, to tell a duplicate from what was never asked for. */
const REMEMBERED = 1024;
/** Frames that leave in one write. */
const MAX_TOGETHER = 256;

/**
 * One socket that sends messages of its own each time and looks into what comes back: finds the
 * message that a reply belongs to, by order or by a key that both hold, and compares them if asked to.
 */
export abstract class ExchangeUser implements User {
  protected readonly context: UserContext;
  readonly #exchange: Exchange;
  readonly #socket: number;
  readonly #flight = new Map<Key, Sent>();
  readonly #held = new SendTimes();
  readonly #answered = new Set<Key>();
  #seq = 0;
  #highest = -1;
  #lastSentAt = 0;
  #heartbeatLost = false;
  connection: LoadConnection | undefined;

  /** @param socket number of the socket in the whole run */
  constructor(context: UserContext, exchange: Exchange, socket: number) {
    this.context = context;
    this.#exchange = exchange;
    this.#socket = socket;
  }

  get inFlight(): number {
    const { windowStart } = this.context.load;
    let count = 0;
    for (const { dueAt } of this.#flight.values()) if (dueAt >= windowStart) count += 1;
    return count;
  }

  join(connection: LoadConnection): void {
    this.connection = connection;
    const { load } = this.context;
    for (const frame of this.#exchange.greetings?.(this.#socket) ?? []) {
      connection.send(asBuffer(frame));
      load.bytesOut += frame.length;
    }
  }

  start(now: number): void {
    const { model } = this.context;
    if (model.model !== "closed") return;
    this.#lastSentAt = now;
    for (let i = 0; i < model.inFlight; i++) this.#planNext(now);
    this.flush(now);
  }

  plan(dueAt: number): void {
    if (this.context.load.plan(dueAt, 1) === 0) return;
    if (this.#exchange.beats && this.#flight.size > 0) this.#loseHeartbeat();
    if (this.connection?.state === "CLOSED") this.context.load.unsent(dueAt, 1);
    else this.#held.add(dueAt, dueAt, 1);
  }

  flush(now: number): void {
    const frames: Uint8Array[] = [];
    const held = this.#held;
    while (held.waiting > 0 && this.#isFree()) {
      while (held.waiting > 0 && frames.length < MAX_TOGETHER) {
        const dueAt = held.oldestDue;
        held.take(1);
        frames.push(this.#make(dueAt, now));
      }
      this.connection?.send(together(frames));
      frames.length = 0;
    }
  }

  received(messages: number, bytes: number): void {
    const { load } = this.context;
    load.bytesIn += bytes;
    load.messagesIn += messages;
    if (this.#held.waiting > 0) this.flush(load.now());
  }

  drained(): void {
    this.flush(this.context.load.now());
  }

  closed(close: LeanClose): void {
    const { load, onClosed } = this.context;
    onClosed(this, close, this.#heartbeatLost ? "heartbeat" : undefined);
    for (const { dueAt } of this.#flight.values()) load.lost(dueAt, 1);
    this.#flight.clear();
    while (this.#held.waiting > 0) load.unsent(this.#held.oldestDue, this.#held.take(1));
  }

  /** Finds what a reply belongs to, and settles it. */
  protected arrived(payload: Uint8Array | undefined): void {
    const { keyOf } = this.#exchange;
    if (payload === undefined) return this.#settleWrong();
    const key = keyOf ? keyOf(payload) : this.#oldestKey();
    const sent = key === undefined ? undefined : this.#flight.get(key);
    if (key === undefined || sent === undefined) return this.#unknown(key, payload);
    if (this.#exchange.verify && !isSame(sent.payload, payload)) return this.#settleWrong(payload);
    this.#answer(key, sent);
  }

  #answer(key: Key, sent: Sent): void {
    const { load } = this.context;
    sent.replies -= 1;
    if (sent.replies > 0) return;
    if (this.#exchange.settlesEarlier) this.#loseBefore(key);
    this.#flight.delete(key);
    this.#remember(key);
    if (sent.seq < this.#highest) load.reordered();
    else this.#highest = sent.seq;
    const now = load.now();
    load.answered(sent.dueAt, sent.sentAt, now, 1);
    this.#planNext(now);
  }

  /** In the closed model a reply lets the next message be due, at once or after a pause. */
  #planNext(now: number): void {
    if (this.context.model.model !== "closed" || this.#isLeaving()) return;
    const dueAt = this.#nextDue(now);
    if (dueAt > now) this.context.agenda.add(dueAt, this);
    else this.plan(now);
  }

  #nextDue(now: number): number {
    const { gapMs } = this.#exchange;
    if (gapMs) return Math.max(now, this.#lastSentAt + gapMs(this.#seq));
    const { model } = this.context;
    return model.model === "closed" ? now + model.thinkMs : now;
  }

  #make(dueAt: number, now: number): Uint8Array {
    const { load } = this.context;
    const seq = this.#seq;
    this.#seq += 1;
    const { opcode, payload, key, replies } = this.#exchange.compose(this.#socket, seq);
    const frame = this.#exchange.encode(opcode, payload);
    this.#lastSentAt = now;
    load.bytesOut += frame.length;
    load.sent(dueAt, now, 1);
    if (replies === 0) {
      load.settled(dueAt, 1);
      this.#planLater(now);
    } else {
      const kept = this.#exchange.verify ? payload : undefined;
      this.#flight.set(key ?? seq, { dueAt, sentAt: now, seq, payload: kept, replies });
    }
    return frame;
  }

  /** After a message without a reply the next one is due at the next turn at the earliest. */
  #planLater(now: number): void {
    const { model, agenda } = this.context;
    if (model.model === "closed") agenda.add(this.#nextDue(now), this);
  }

  #oldestKey(): Key | undefined {
    return this.#flight.keys().next().value;
  }

  #unknown(key: Key | undefined, payload: Uint8Array): void {
    const { load } = this.context;
    const { verify, keyOf } = this.#exchange;
    if (key !== undefined && this.#answered.has(key)) load.duplicated();
    else if (verify && keyOf && this.#flight.size > 0) this.#settleWrong(payload);
    else load.unexpected(1);
  }

  /** What a corrupted reply belongs to is what it is most like; the oldest one where nothing tells. */
  #settleWrong(payload?: Uint8Array): void {
    const { load } = this.context;
    const key = payload && this.#exchange.keyOf ? this.#nearest(payload) : this.#oldestKey();
    const sent = key === undefined ? undefined : this.#flight.get(key);
    if (key === undefined || !sent) return load.unexpected(1);
    this.#flight.delete(key);
    this.#remember(key);
    load.wrong(sent.dueAt);
    this.#planNext(load.now());
  }

  #nearest(payload: Uint8Array): Key | undefined {
    let nearest: Key | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [key, sent] of this.#flight) {
      const distance = differences(sent.payload, payload);
      if (distance < least) [nearest, least] = [key, distance];
    }
    return nearest;
  }

  #loseBefore(key: Key): void {
    for (const [earlier, { dueAt }] of this.#flight) {
      if (earlier === key) return;
      this.#flight.delete(earlier);
      this.context.load.lost(dueAt, 1);
    }
  }

  #remember(key: Key): void {
    const answered = this.#answered;
    answered.add(key);
    if (answered.size <= REMEMBERED) return;
    for (const oldest of answered) return void answered.delete(oldest);
  }

  #loseHeartbeat(): void {
    this.#heartbeatLost = true;
    this.connection?.destroy();
  }

  /** The socket is to close: what is in flight may be answered, and nothing more is sent. */
  #isLeaving(): boolean {
    return this.connection !== undefined && this.connection.state !== "OPEN";
  }

  #isFree(): boolean {
    return this.connection?.state === "OPEN" && !this.connection.congested;
  }
}

/** Replies are messages. */
export class MessageUser extends ExchangeUser {
  message(payload: Uint8Array, _opcode: number, compressed: boolean): void {
    this.arrived(compressed ? inflateMessage(payload) : payload);
  }
}

/** Replies are pongs; messages are not looked at. */
export class PingUser extends ExchangeUser {
  pong(payload: Uint8Array): void {
    this.context.load.messagesIn += 1;
    this.arrived(payload);
  }

  override received(_messages: number, bytes: number): void {
    super.received(0, bytes);
  }
}

function together(frames: readonly Uint8Array[]): Buffer {
  const [first] = frames;
  return frames.length === 1 && first ? asBuffer(first) : Buffer.concat(frames);
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

/** Bytes in which two payloads differ. */
function differences(a: Uint8Array | undefined, b: Uint8Array): number {
  if (!a) return Number.POSITIVE_INFINITY;
  let count = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) count += 1;
  return count;
}
