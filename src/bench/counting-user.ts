import type { LeanClose } from "../transport/lean-connection.ts";
import type { FrameBatch } from "./frame-batch.ts";
import { SendTimes } from "./send-times.ts";
import type { LoadConnection, User, UserContext } from "./user.ts";

/** What is sent, in the form that a server wants. */
export interface Batches {
  readonly plain: FrameBatch;
  /** Where compression is offered: for servers that take it. */
  readonly compressed: FrameBatch | undefined;
}

/** Stands for what is held back where nothing ever was; stays empty. */
const NOTHING = new SendTimes();

/**
 * One socket that sends the same message again and again, and counts what comes back: replies are
 * matched in order, and not looked at.
 *
 * In the closed model the moment of the read that brought a reply is both the end of its round trip
 * and the moment at which the next message is due. So what the client itself takes in between counts
 * as latency.
 */
export class CountingUser implements User {
  readonly #context: UserContext;
  readonly #batches: Batches;
  #batch: FrameBatch;
  readonly #flight = new SendTimes();
  #held = NOTHING;
  /**
   * In the open model: how many replies come before that which a client that waits for each reply
   * would be waiting for; negative where it would send the next message.
   */
  #ahead = -1;
  connection: LoadConnection | undefined;

  constructor(context: UserContext, batches: Batches) {
    this.#context = context;
    this.#batches = batches;
    this.#batch = batches.plain;
  }

  get inFlight(): number {
    return this.#flight.dueSince(this.#context.load.windowStart);
  }

  join(connection: LoadConnection): void {
    this.connection = connection;
    const { plain, compressed = plain } = this.#batches;
    this.#batch = connection.deflate ? compressed : plain;
  }

  start(): void {
    const { model, load } = this.#context;
    if (model.model !== "closed" || !this.#isOpen) return;
    const now = load.now();
    this.#send(now, load.plan(now, model.inFlight), now);
  }

  plan(dueAt: number): void {
    const { model, load } = this.#context;
    // In the closed model a socket that is to close has nothing further to send.
    if (model.model === "closed" && !this.#isOpen) return;
    if (load.plan(dueAt, 1) === 0) return;
    if (this.#isOpen) this.#hold(dueAt, 1);
    else load.unsent(dueAt, 1);
  }

  flush(now: number): void {
    while (this.#held.waiting > 0 && this.#isFree) this.#sendHeld(now);
  }

  received(messages: number, bytes: number): void {
    const { load } = this.#context;
    load.bytesIn += bytes;
    if (messages === 0) return;
    load.messagesIn += messages;
    const now = load.now();
    const answered = this.#settle(messages, now);
    if (answered > 0) this.#next(answered, now);
  }

  drained(): void {
    this.flush(this.#context.load.now());
  }

  closed(close: LeanClose): void {
    const { load } = this.#context;
    this.#context.onClosed(this, close);
    const [flight, held] = [this.#flight, this.#held];
    while (flight.waiting > 0) load.lost(flight.oldestDue, flight.take(flight.waiting));
    while (held.waiting > 0) load.unsent(held.oldestDue, held.take(held.waiting));
  }

  /** Matches replies with the oldest messages; gives how many there were to match. */
  #settle(messages: number, now: number): number {
    const flight = this.#flight;
    const { load } = this.#context;
    let due = messages;
    while (due > 0) {
      const dueAt = flight.oldestDue;
      const sentAt = flight.oldestSent;
      const count = flight.take(due);
      if (count === 0) break;
      load.answered(dueAt, now, count);
      if (this.#ahead >= 0 && this.#ahead < count) load.served(dueAt, sentAt, now);
      if (this.#ahead >= 0) this.#ahead = Math.max(-1, this.#ahead - count);
      due -= count;
    }
    if (due > 0) load.unexpected(due);
    return messages - due;
  }

  /** In the closed model a reply lets the next message go, at once or after a pause. */
  #next(count: number, now: number): void {
    const { model, load, agenda } = this.#context;
    if (model.model !== "closed" || !this.#isOpen) return;
    if (model.thinkMs === 0) return this.#send(now, load.plan(now, count), now);
    for (let i = 0; i < count; i++) agenda.add(now + model.thinkMs, this);
  }

  #send(dueAt: number, count: number, now: number): void {
    let left = count;
    if (this.#held.waiting === 0) {
      while (left > 0 && this.#isFree) {
        const together = Math.min(left, this.#batch.max);
        this.#write(together);
        this.#put(dueAt, now, together);
        left -= together;
      }
    }
    if (left > 0) this.#hold(dueAt, left);
  }

  /** What is due leaves together, also where it was due at different moments. */
  #sendHeld(now: number): void {
    const held = this.#held;
    let together = Math.min(held.waiting, this.#batch.max);
    this.#write(together);
    while (together > 0) {
      const dueAt = held.oldestDue;
      const count = held.take(together);
      this.#put(dueAt, now, count);
      together -= count;
    }
  }

  #write(count: number): void {
    const { load } = this.#context;
    this.connection?.send(this.#batch.of(count));
    load.bytesOut += count * this.#batch.frameLength;
  }

  #put(dueAt: number, now: number, count: number): void {
    const { load, model } = this.#context;
    if (model.model === "open" && this.#ahead < 0) this.#ahead = this.#flight.waiting;
    this.#flight.add(dueAt, now, count);
    load.sent(dueAt, now, count);
  }

  #hold(dueAt: number, count: number): void {
    if (this.#held === NOTHING) this.#held = new SendTimes();
    this.#held.add(dueAt, dueAt, count);
  }

  get #isOpen(): boolean {
    return this.connection?.state === "OPEN";
  }

  get #isFree(): boolean {
    return this.connection?.state === "OPEN" && !this.connection.congested;
  }
}
