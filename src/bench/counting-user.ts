import type { LeanClose, LeanConnection, LeanListener } from "../transport/lean-connection.ts";
import type { Load } from "./load.ts";
import { SendTimes } from "./send-times.ts";

/** What a virtual user needs of its connection. */
export type LoadConnection = Pick<LeanConnection, "state" | "congested" | "send" | "close">;

/** Stands for the times of a user that has not started; stays empty. */
const NOTHING_SENT = new SendTimes();

/**
 * One socket of the closed model: it keeps a number of messages in flight, and sends the next one
 * when a reply comes. Replies are matched in order: an echo server answers each message by one.
 *
 * The moment of the read that brought a reply is both the end of its round trip and the moment at
 * which the next message is due. So what the client itself takes in between counts as latency.
 */
export class VirtualUser implements LeanListener {
  readonly #load: Load;
  /** Made at the start, so that a socket that only waits costs little. */
  #times: SendTimes | undefined;
  #connection: LoadConnection | undefined;
  /** Messages that are due and held up, because the peer does not take what is sent. */
  #heldUp = 0;

  constructor(load: Load) {
    this.#load = load;
  }

  get connection(): LoadConnection | undefined {
    return this.#connection;
  }

  /** Messages of the measured window that have no reply. */
  get inFlight(): number {
    return this.#times?.waitingSince(this.#load.windowStart) ?? 0;
  }

  /** Takes the connection whose listener this is; nothing is sent before `start`. */
  join(connection: LoadConnection): void {
    this.#connection = connection;
  }

  /** Puts the first messages in flight. */
  start(inFlight: number): void {
    this.#times = new SendTimes();
    this.#send(inFlight, this.#load.now());
  }

  received(messages: number, bytes: number): void {
    const load = this.#load;
    load.bytesIn += bytes;
    if (messages === 0) return;
    load.messagesIn += messages;
    const now = load.now();
    const answered = this.#settle(messages, now);
    if (answered > 0) this.#send(answered, now);
  }

  drained(): void {
    const due = this.#heldUp;
    this.#heldUp = 0;
    if (due > 0) this.#send(due, this.#load.now());
  }

  closed(close: LeanClose): void {
    // First of all, because the last loss may end the run.
    this.#load.closed(close);
    const times = this.#times ?? NOTHING_SENT;
    while (times.waiting > 0) this.#load.lost(times.oldestAt, times.take(times.waiting));
  }

  /** Matches replies with the oldest messages; gives how many there were to match. */
  #settle(messages: number, now: number): number {
    const times = this.#times ?? NOTHING_SENT;
    let due = messages;
    while (due > 0) {
      const sentAt = times.oldestAt;
      const count = times.take(due);
      if (count === 0) break;
      this.#load.answered(sentAt, now, count);
      due -= count;
    }
    if (due > 0) this.#load.unexpected(due);
    return messages - due;
  }

  #send(due: number, now: number): void {
    const connection = this.#connection;
    const times = this.#times;
    if (times === undefined || connection?.state !== "OPEN") return;
    const { batch } = this.#load;
    let left = due;
    while (left > 0 && !connection.congested) {
      const count = this.#load.draw(Math.min(left, batch.max));
      if (count === 0) return;
      connection.send(batch.of(count));
      times.sent(now, count);
      this.#load.sent(now, count);
      left -= count;
    }
    this.#heldUp += left;
  }
}
