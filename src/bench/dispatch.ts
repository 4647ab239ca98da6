import type { Load } from "./load.ts";
import type { Pacer } from "./pacer.ts";

/** What takes planned messages: a socket, or a storm of them. */
export interface Sender {
  /** A message is due; `flush` sends it. */
  plan(dueAt: number): void;
  /** Sends what is due, as far as the peer takes it. */
  flush(now: number): void;
}

/**
 * Deals the planned messages of an open model out to the sockets, which take turns. Where several
 * are due, each socket gets its own in one write.
 */
export class Dispatch {
  readonly #pacer: Pacer;
  readonly #senders: readonly Sender[];
  readonly #load: Load;
  readonly #due = new Set<Sender>();
  #turn = 0;

  /** @param senders may change at any time */
  constructor(pacer: Pacer, senders: readonly Sender[], load: Load) {
    this.#pacer = pacer;
    this.#senders = senders;
    this.#load = load;
  }

  get next(): number {
    return this.#pacer.next;
  }

  /** Plans all that is due at `until`, and sends it at `now`. */
  pump(now: number, until = now): void {
    while (this.#pacer.next <= until) {
      const dueAt = this.#pacer.next;
      this.#pacer.advance();
      this.#deal(dueAt);
    }
    for (const sender of this.#due) sender.flush(now);
    this.#due.clear();
  }

  #deal(dueAt: number): void {
    if (this.#turn >= this.#senders.length) this.#turn = 0;
    const sender = this.#senders[this.#turn];
    this.#turn += 1;
    if (sender) {
      sender.plan(dueAt);
      this.#due.add(sender);
    } else if (this.#load.plan(dueAt, 1) === 1) {
      this.#load.unsent(dueAt, 1);
    }
  }
}
