import type { LeanClose } from "../transport/lean-connection.ts";
import type { Key } from "../scenario/matcher.ts";
import type { Composed } from "./composer.ts";
import { Flight, type Sent } from "./flight.ts";
import { greet } from "./greet.ts";
import { type Encoding, inflateMessage } from "./outgoing-frame.ts";
import { SendTimes } from "./send-times.ts";
import type { LoadConnection, User, UserContext } from "./user.ts";

/** How messages are made and replies are known, for all users of a worker. */
export interface Exchange {
  readonly compose: (socket: number, seq: number) => Composed;
  /** The frame that carries a message, compressed where the server takes that. */
  readonly encode: (opcode: number, payload: Uint8Array, on: Encoding) => Buffer;
  /** The key of a reply; absent where replies come in order. */
  readonly keyOf?: ((payload: Uint8Array) => Key | undefined) | undefined;
  readonly verify: boolean;
  /** A reply also settles what was sent before it, as a pong may (RFC 6455, section 5.5.3). */
  readonly settlesEarlier?: boolean;
  /** Further replies and late ones are not told apart from those that nothing was sent for. */
  readonly forgets?: boolean;
  /** A socket whose last message has no reply when the next one is due has lost its peer. */
  readonly beats?: boolean;
  /** The time from the message before to this one, in ms, where the pace is that of a recording. */
  readonly gapMs?: ((seq: number) => number) | undefined;
  /** Frames that are sent when the socket opens. */
  readonly greetings?: ((socket: number) => readonly Buffer[]) | undefined;
}

/** Frames leave in one write up to so many bytes; the last one may exceed them. */
const MAX_WRITE_BYTES = 64 * 1024;
/** Later than now by what a clock can tell, and no more. */
const NEXT_TURN_MS = 0.001;

/**
 * One socket that sends messages of its own each time and looks into what comes back: finds the
 * message that a reply belongs to, by order or by a key that both hold, and compares them if asked to.
 */
export abstract class ExchangeUser implements User {
  protected readonly context: UserContext;
  readonly #exchange: Exchange;
  readonly #socket: number;
  readonly #flight = new Flight();
  readonly #held = new SendTimes();
  #encoding: Encoding = { deflate: false };
  /** The message that a client which waits for each reply would be waiting for. */
  #awaited: Sent | undefined;
  #seq = 0;
  #highest = -1;
  #lastSentAt = 0;
  /** The next ping waits until it is known whether there is a peer. */
  #listening = false;
  #heartbeatLost = false;
  connection: LoadConnection | undefined;

  /** @param socket number of the socket in the whole run */
  constructor(context: UserContext, exchange: Exchange, socket: number) {
    this.context = context;
    this.#exchange = exchange;
    this.#socket = socket;
  }

  get inFlight(): number {
    // Of most sockets that are held nothing is in flight, and all of them are asked twice a second.
    if (this.#flight.size === 0) return 0;
    const { windowStart } = this.context.load;
    let count = 0;
    for (const { dueAt } of this.#flight) if (dueAt >= windowStart) count += 1;
    return count;
  }

  join(connection: LoadConnection): void {
    this.connection = connection;
    this.#encoding = { deflate: connection.deflate ?? false };
    const { greetings } = this.#exchange;
    if (greetings) greet(connection, greetings(this.#socket), this.context.load);
  }

  start(): void {
    const { model, load } = this.context;
    if (model.model !== "closed") return;
    const now = load.now();
    this.#lastSentAt = now;
    const paced = this.#exchange.gapMs !== undefined;
    for (let i = 0; i < model.inFlight; i++) {
      // A recording tells when its first message is due, too.
      if (paced) this.#planNext(now);
      else this.plan(now);
    }
    this.flush(now);
  }

  plan(dueAt: number): void {
    const { load, model } = this.context;
    // In the closed model a socket that is to close has nothing further to send.
    if (model.model === "closed" && !this.#isOpen) return;
    if (load.plan(dueAt, 1) === 0) return;
    if (this.#exchange.beats && this.#flight.size > 0) this.#checkHeartbeat();
    if (this.#isOpen) this.#held.add(dueAt, dueAt, 1);
    else load.unsent(dueAt, 1);
  }

  flush(now: number): void {
    if (this.#listening) return;
    while (this.#held.waiting > 0 && this.#isOpen && !this.connection?.congested) {
      this.#sendSome(now);
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
    const held = this.#held;
    onClosed(this, close, this.#heartbeatLost ? "heartbeat" : undefined);
    for (const { dueAt } of this.#flight.clear()) load.lost(dueAt, 1);
    while (held.waiting > 0) load.unsent(held.oldestDue, held.take(held.waiting));
  }

  expire(sentBefore: number): void {
    if (!this.#exchange.keyOf || this.#flight.size === 0) return;
    const { load } = this.context;
    const late = [...this.#flight].filter(({ sentAt }) => sentAt < sentBefore);
    for (const sent of late) {
      this.#flight.remove(sent);
      if (!this.#exchange.forgets) this.#flight.remember(sent, { expired: true });
      this.#giveUp(sent);
      load.lost(sent.dueAt, 1);
      this.#planNext(load.now());
    }
    this.flush(load.now());
  }

  /** Finds what a reply belongs to, and settles it. */
  protected arrived(payload: Uint8Array | undefined): void {
    const { keyOf, verify } = this.#exchange;
    const flight = this.#flight;
    if (payload === undefined) return this.#settleWrong(flight.oldest);
    const key = keyOf?.(payload);
    const sent = keyOf ? key !== undefined && flight.find(key) : flight.oldest;
    if (!sent) this.#unknown(key, payload);
    else if (!verify || isSame(sent.payload, payload)) this.#answer(sent);
    // What was altered may be the key.
    else this.#settleWrong(keyOf ? flight.nearest(payload) : sent);
  }

  #answer(sent: Sent): void {
    const { load } = this.context;
    sent.replies -= 1;
    if (sent.replies > 0) return;
    if (this.#exchange.settlesEarlier) this.#loseBefore(sent);
    this.#settle(sent);
    if (sent.seq < this.#highest) load.reordered(sent.dueAt);
    else this.#highest = sent.seq;
    const now = load.now();
    load.answered(sent.dueAt, now, 1);
    if (sent === this.#awaited) {
      this.#awaited = undefined;
      load.served(sent.dueAt, sent.sentAt, now);
    }
    this.#planNext(now);
  }

  /** In the closed model a reply lets the next message be due, at once or after a pause. */
  #planNext(now: number): void {
    if (this.context.model.model !== "closed" || !this.#isOpen) return;
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

  /** Sends as many of the messages held as one write is worth. */
  #sendSome(now: number): void {
    const frames: Buffer[] = [];
    const messages: Sent[] = [];
    let bytes = 0;
    while (this.#held.waiting > 0 && bytes < MAX_WRITE_BYTES) {
      const { frame, sent } = this.#make(now);
      frames.push(frame);
      messages.push(sent);
      bytes += frame.length;
    }
    this.connection?.send(together(frames));
    this.context.load.bytesOut += bytes;
    this.#lastSentAt = now;
    // Only now, because what needs no reply may have been the last of the run.
    for (const sent of messages) this.#hasLeft(sent);
  }

  /** Makes the message that was due first. */
  #make(now: number): { readonly frame: Buffer; readonly sent: Sent } {
    const { compose, encode, verify } = this.#exchange;
    const dueAt = this.#held.oldestDue;
    const seq = this.#seq;
    this.#held.take(1);
    this.#seq += 1;
    const { opcode, payload, key = seq, replies } = compose(this.#socket, seq);
    const kept = verify ? payload : undefined;
    const sent = { key, dueAt, sentAt: now, seq, payload: kept, replies };
    return { frame: encode(opcode, payload, this.#encoding), sent };
  }

  #hasLeft(sent: Sent): void {
    const { load } = this.context;
    const { dueAt, sentAt, replies } = sent;
    load.sent(dueAt, sentAt, 1);
    if (replies > 0) {
      this.#awaited ??= sent;
      return this.#flight.add(sent);
    }
    load.settled(dueAt, 1);
    this.#planLater(sentAt);
  }

  /** After a message without a reply the next one is due at the next turn at the earliest. */
  #planLater(now: number): void {
    const { model, agenda } = this.context;
    if (model.model !== "closed") return;
    agenda.add(Math.max(this.#nextDue(now), now + NEXT_TURN_MS), this);
  }

  #unknown(key: Key | undefined, payload: Uint8Array): void {
    const { load } = this.context;
    const settled = key === undefined ? undefined : this.#flight.settled(key, payload);
    if (settled && !settled.expired) load.duplicated(settled.dueAt);
    else if (settled) load.unexpected(1);
    else if (this.#exchange.verify) this.#settleWrong(this.#flight.nearest(payload));
    else load.unexpected(1);
  }

  /** @param sent what the reply most likely belongs to, where anything waits for one */
  #settleWrong(sent: Sent | undefined): void {
    const { load } = this.context;
    if (!sent) return load.unexpected(1);
    this.#settle(sent);
    this.#giveUp(sent);
    load.wrong(sent.dueAt);
    this.#planNext(load.now());
  }

  #loseBefore(answered: Sent): void {
    for (const earlier of this.#flight) {
      if (earlier === answered) return;
      this.#flight.remove(earlier);
      this.#giveUp(earlier);
      this.context.load.lost(earlier.dueAt, 1);
    }
  }

  /** Nobody waits for its reply any more. */
  #giveUp(sent: Sent): void {
    if (sent === this.#awaited) this.#awaited = undefined;
  }

  #settle(sent: Sent): void {
    this.#flight.remove(sent);
    if (!this.#exchange.forgets) this.#flight.remember(sent);
  }

  /** A pong that has come and was not read yet, because we were late ourselves, is a sign of life. */
  #checkHeartbeat(): void {
    const due = this.#flight.oldest;
    this.#listening = true;
    setImmediate(() => {
      this.#listening = false;
      if (!this.#isOpen) return;
      if (this.#flight.oldest !== due) return this.flush(this.context.load.now());
      this.#heartbeatLost = true;
      this.connection?.destroy();
    });
  }

  get #isOpen(): boolean {
    return this.connection?.state === "OPEN";
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

function together(frames: readonly Buffer[]): Buffer {
  const [first] = frames;
  return first && frames.length === 1 ? first : Buffer.concat(frames);
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
