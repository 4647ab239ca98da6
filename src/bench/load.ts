import type { LeanClose } from "../transport/lean-connection.ts";
import type { FrameBatch } from "./frame-batch.ts";
import { Recorder } from "./recorder.ts";

/** What a worker has sent and received, warm-up and all. */
export interface Traffic {
  readonly messagesOut: number;
  readonly messagesIn: number;
  /** Bytes of frames, headers and all. */
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** What became of the messages of the measured window: sent = answered + lost + in flight. */
export interface Ledger {
  readonly sent: number;
  readonly answered: number;
  /** Their connection ended before the reply came. */
  readonly lost: number;
  /** Replies that nothing was sent for. */
  readonly unexpected: number;
}

export interface LoadListener {
  onClosed(close: LeanClose): void;
  /** Nothing more is to be sent, and nothing is in flight. */
  onDrained(): void;
}

/**
 * What all virtual users of a worker share: the message, what may still be sent, and the counters.
 *
 * Messages count for the window when they were sent in it, whenever the reply comes. Traffic is what
 * passes, whatever it belongs to: its difference between two moments is the throughput between them.
 */
export class Load implements Traffic {
  readonly batch: FrameBatch;
  readonly latencies = new Recorder();
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly #listener: LoadListener;

  messagesOut = 0;
  messagesIn = 0;
  bytesOut = 0;
  bytesIn = 0;

  #sending = true;
  #budget = Number.POSITIVE_INFINITY;
  #windowStart = Number.POSITIVE_INFINITY;
  /** Messages in flight, those of the warm-up too. */
  #outstanding = 0;
  #sent = 0;
  #answered = 0;
  #lost = 0;
  #unexpected = 0;

  constructor(batch: FrameBatch, listener: LoadListener, now: () => number) {
    this.batch = batch;
    this.#listener = listener;
    this.now = now;
  }

  get ledger(): Ledger {
    return {
      sent: this.#sent,
      answered: this.#answered,
      lost: this.#lost,
      unexpected: this.#unexpected,
    };
  }

  /** When the measured window began; infinity before that. */
  get windowStart(): number {
    return this.#windowStart;
  }

  get traffic(): Traffic {
    const { messagesOut, messagesIn, bytesOut, bytesIn } = this;
    return { messagesOut, messagesIn, bytesOut, bytesIn };
  }

  /** From now on messages count. @param budget how many may still be sent */
  openWindow(budget = Number.POSITIVE_INFINITY): void {
    this.#windowStart = this.now();
    this.#budget = budget;
    if (budget === 0) this.stop();
  }

  /** No message is sent any more. */
  stop(): void {
    this.#sending = false;
    this.#tellIfDrained();
  }

  /** How many of `due` messages may be sent; these are taken off the budget. */
  draw(due: number): number {
    if (!this.#sending) return 0;
    const drawn = Math.min(due, this.#budget);
    this.#budget -= drawn;
    if (this.#budget === 0) this.#sending = false;
    return drawn;
  }

  sent(at: number, count: number): void {
    this.#outstanding += count;
    this.messagesOut += count;
    this.bytesOut += count * this.batch.frameLength;
    if (at >= this.#windowStart) this.#sent += count;
  }

  answered(sentAt: number, at: number, count: number): void {
    this.#outstanding -= count;
    if (sentAt >= this.#windowStart) {
      this.#answered += count;
      this.latencies.record((at - sentAt) * 1e6, count);
    }
    if (this.#outstanding === 0) this.#tellIfDrained();
  }

  lost(sentAt: number, count: number): void {
    this.#outstanding -= count;
    if (sentAt >= this.#windowStart) this.#lost += count;
    if (this.#outstanding === 0) this.#tellIfDrained();
  }

  unexpected(count: number): void {
    this.#unexpected += count;
  }

  closed(close: LeanClose): void {
    this.#listener.onClosed(close);
  }

  #tellIfDrained(): void {
    if (!this.#sending && this.#outstanding === 0) this.#listener.onDrained();
  }
}
