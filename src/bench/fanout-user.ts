import type { LeanClose } from "../transport/lean-connection.ts";
import { greet } from "./greet.ts";
import { type Encoding, inflateMessage } from "./outgoing-frame.ts";
import { SendTimes } from "./send-times.ts";
import { SequenceTracker } from "../scenario/sequence-tracker.ts";
import { findStamp, type Stamp } from "./stamp.ts";
import type { Stream } from "./stream.ts";
import type { LoadConnection, User, UserContext } from "./user.ts";

/** How messages are published and deliveries are known, for all users of a worker. */
export interface Fanout {
  /** A message whole, as a frame. */
  readonly publish: (stamp: Stamp, on: Encoding) => Buffer;
  /** Deliveries of the measured window. */
  readonly stream: Stream;
  /** Counts deliveries that came back to who had published. */
  readonly own: Stream;
  /** From our own clock to the one that stamps are in, in ms. */
  readonly clockOffsetMs: number;
  readonly greetings: (socket: number) => readonly Buffer[];
}

/** So many are followed; a peer that makes them up fills no memory. */
const MAX_PUBLISHERS = 100_000;

/** One socket that receives what others publish, and publishes itself where it is asked to. */
export class FanoutUser implements User {
  readonly #context: UserContext;
  readonly #fanout: Fanout;
  readonly #socket: number;
  readonly #held = new SendTimes();
  readonly #trackers = new Map<number, SequenceTracker>();
  #seq = 0;
  readonly inFlight = 0;
  connection: LoadConnection | undefined;

  constructor(context: UserContext, fanout: Fanout, socket: number) {
    this.#context = context;
    this.#fanout = fanout;
    this.#socket = socket;
  }

  join(connection: LoadConnection): void {
    this.connection = connection;
    greet(connection, this.#fanout.greetings(this.#socket), this.#context.load);
  }

  start(): void {}

  plan(dueAt: number): void {
    const { load } = this.#context;
    if (load.plan(dueAt, 1) === 0) return;
    if (this.connection?.state === "OPEN") this.#held.add(dueAt, dueAt, 1);
    else load.unsent(dueAt, 1);
  }

  flush(now: number): void {
    const held = this.#held;
    while (held.waiting > 0 && this.connection?.state === "OPEN" && !this.connection.congested) {
      const dueAt = held.oldestDue;
      held.take(1);
      this.#publish(dueAt, now);
    }
  }

  drained(): void {
    this.flush(this.#context.load.now());
  }

  message(payload: Uint8Array, _opcode: number, compressed: boolean): void {
    const plain = compressed ? inflateMessage(payload) : payload;
    const stamp = plain && findStamp(plain);
    if (!stamp) return;
    const { clockOffsetMs, stream, own } = this.#fanout;
    const { load } = this.#context;
    const dueAt = stamp.dueAt - clockOffsetMs;
    // Stamps are in whole microseconds.
    if (dueAt < load.windowStart - 0.001) return;
    const tracker = this.#trackerOf(stamp.publisher);
    if (!tracker || stream.take(tracker, stamp.seq) === "duplicate") return;
    if (stamp.publisher === this.#socket) own.received += 1;
    load.delivered(dueAt, stamp.sentAt - clockOffsetMs, load.now());
  }

  received(messages: number, bytes: number): void {
    const { load } = this.#context;
    load.bytesIn += bytes;
    load.messagesIn += messages;
  }

  closed(close: LeanClose): void {
    const { load, onClosed } = this.#context;
    onClosed(this, close);
    const held = this.#held;
    while (held.waiting > 0) load.unsent(held.oldestDue, held.take(held.waiting));
  }

  #publish(dueAt: number, now: number): void {
    const { publish, clockOffsetMs } = this.#fanout;
    const { load } = this.#context;
    const stamp = { dueAt: dueAt + clockOffsetMs, sentAt: now + clockOffsetMs };
    const deflate = this.connection?.deflate ?? false;
    const frame = publish({ publisher: this.#socket, seq: this.#seq, ...stamp }, { deflate });
    this.#seq += 1;
    this.connection?.send(frame);
    load.bytesOut += frame.length;
    load.sent(dueAt, now, 1);
    load.settled(dueAt, 1);
  }

  #trackerOf(publisher: number): SequenceTracker | undefined {
    let tracker = this.#trackers.get(publisher);
    if (!tracker && this.#trackers.size < MAX_PUBLISHERS) {
      tracker = new SequenceTracker();
      this.#trackers.set(publisher, tracker);
    }
    return tracker;
  }
}
