import type { Recorder } from "./recorder.ts";
import { Recordings } from "./recordings.ts";
import type { LoadModel, MessageCounts } from "./result.ts";

/** What a worker has sent and received, warm-up and all. */
export interface Traffic {
  readonly messagesOut: number;
  readonly messagesIn: number;
  /** Bytes of frames, headers and all. */
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** The books of the messages of the measured window; what is in flight is counted where it waits. */
export type Ledger = Omit<MessageCounts, "inFlight">;

/**
 * So many messages of a worker may wait: a server that answers none any more, in an open model that
 * goes on for hours, fills no memory. What is due beyond that is not sent, and counted as such.
 */
const MAX_WAITING = 2_000_000;

export interface LoadListener {
  /** Nothing more is planned, and nothing waits: to be sent, or for its reply. */
  onDrained(): void;
}

/**
 * What all virtual users of a worker share: what may still be sent, the counters and the histograms.
 *
 * A message is planned, then sent, then answered; each step is told with the moment at which the
 * message was due. What was due in the measured window counts for it, whenever the rest happens.
 * Traffic is what passes, whatever it belongs to: its difference between two moments is the
 * throughput between them.
 */
export class Load implements Traffic {
  readonly recordings = new Recordings();
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly #listener: LoadListener;
  readonly #latency: Recorder;
  /** Only where sending may come later than it was due. */
  readonly #service: Recorder | undefined;
  readonly #slip: Recorder | undefined;

  messagesOut = 0;
  messagesIn = 0;
  bytesOut = 0;
  bytesIn = 0;

  #planning = true;
  #budget = Number.POSITIVE_INFINITY;
  #windowStart = Number.POSITIVE_INFINITY;
  /** Messages that wait, those of the warm-up too. */
  #waiting = 0;
  #planned = 0;
  #unsent = 0;
  #sent = 0;
  #answered = 0;
  #unawaited = 0;
  #wrong = 0;
  #lost = 0;
  #duplicated = 0;
  #reordered = 0;
  #unexpected = 0;

  constructor(model: LoadModel["model"], listener: LoadListener, now: () => number) {
    this.#listener = listener;
    this.now = now;
    this.#latency = this.recordings.of("latency");
    if (model === "open") {
      this.#service = this.recordings.of("service");
      this.#slip = this.recordings.of("slip");
    }
  }

  get ledger(): Ledger {
    return {
      planned: this.#planned,
      unsent: this.#unsent,
      sent: this.#sent,
      answered: this.#answered,
      wrong: this.#wrong,
      lost: this.#lost,
      duplicated: this.#duplicated,
      reordered: this.#reordered,
      unexpected: this.#unexpected,
    };
  }

  /** Of the messages answered, those that were never to have a reply. */
  get unawaited(): number {
    return this.#unawaited;
  }

  /** When the measured window begins; infinity before that is known. */
  get windowStart(): number {
    return this.#windowStart;
  }

  get traffic(): Traffic {
    const { messagesOut, messagesIn, bytesOut, bytesIn } = this;
    return { messagesOut, messagesIn, bytesOut, bytesIn };
  }

  /** True from the opening of the window until `stop`. */
  get isMeasuring(): boolean {
    return this.#planning && this.now() >= this.#windowStart;
  }

  /**
   * What is due from a moment on counts: from now on, or a later one that all workers share.
   * @param budget how many of these may be planned
   */
  openWindow(budget = Number.POSITIVE_INFINITY, atMs = this.now()): void {
    this.#windowStart = atMs;
    this.#budget = budget;
    if (budget === 0) this.stop();
  }

  /** Nothing is planned any more. */
  stop(): void {
    this.#planning = false;
    this.#tellIfDrained();
  }

  /** Plans messages that are due at a moment; gives how many of them there may be. */
  plan(dueAt: number, count: number): number {
    if (!this.#planning) return 0;
    const counts = dueAt >= this.#windowStart;
    const planned = counts ? Math.min(count, this.#budget) : count;
    this.#waiting += planned;
    if (counts) {
      this.#planned += planned;
      this.#budget -= planned;
      if (this.#budget === 0) this.#planning = false;
    }
    if (this.#waiting <= MAX_WAITING) return planned;
    this.unsent(dueAt, planned);
    return 0;
  }

  /** They will never be sent: their socket is gone, or there was none. */
  unsent(dueAt: number, count: number): void {
    if (dueAt >= this.#windowStart) this.#unsent += count;
    this.#settle(count);
  }

  sent(dueAt: number, at: number, count: number): void {
    this.messagesOut += count;
    if (dueAt < this.#windowStart) return;
    this.#sent += count;
    this.#slip?.record((at - dueAt) * 1e6, count);
  }

  answered(dueAt: number, at: number, count: number): void {
    if (dueAt >= this.#windowStart) {
      this.#answered += count;
      this.#latency.record((at - dueAt) * 1e6, count);
    }
    this.#settle(count);
  }

  /**
   * The round trip of a message that a client which waits for each reply would have sent, too: of
   * those of an open model only these say what a closed loop would have measured.
   */
  served(dueAt: number, sentAt: number, at: number): void {
    if (dueAt >= this.#windowStart) this.#service?.record((at - sentAt) * 1e6);
  }

  /** Answered by something else than what was asked for. */
  wrong(dueAt: number): void {
    if (dueAt >= this.#windowStart) this.#wrong += 1;
    this.#settle(1);
  }

  lost(dueAt: number, count: number): void {
    if (dueAt >= this.#windowStart) this.#lost += count;
    this.#settle(count);
  }

  /** Sent, and no reply is looked for. */
  settled(dueAt: number, count: number): void {
    if (dueAt >= this.#windowStart) {
      this.#answered += count;
      this.#unawaited += count;
    }
    this.#settle(count);
  }

  /** A subscriber has received what was published. */
  delivered(dueAt: number, sentAt: number, at: number): void {
    this.#latency.record((at - dueAt) * 1e6);
    this.#service?.record((at - sentAt) * 1e6);
  }

  /** A further reply to what was due then. */
  duplicated(dueAt: number): void {
    if (dueAt >= this.#windowStart) this.#duplicated += 1;
  }

  /** Answered after a later message was. */
  reordered(dueAt: number): void {
    if (dueAt >= this.#windowStart) this.#reordered += 1;
  }

  unexpected(count: number): void {
    if (this.now() >= this.#windowStart) this.#unexpected += count;
  }

  #settle(count: number): void {
    this.#waiting -= count;
    if (this.#waiting === 0) this.#tellIfDrained();
  }

  #tellIfDrained(): void {
    if (!this.#planning && this.#waiting === 0) this.#listener.onDrained();
  }
}
