import type { Link } from "../transport/link.ts";

/**
 * Sends the messages of a person one after the other: what is typed while a message is still being
 * sent in fragments waits for its end, since between fragments no other message may stand (RFC 6455,
 * section 5.4).
 */
export class Conversation {
  readonly #link: Link;
  #last: Promise<unknown> = Promise.resolve();

  constructor(link: Link) {
    this.#link = link;
  }

  /** @throws FramecatError (abnormal) where it can neither be sent nor kept for later */
  send(data: string | Uint8Array, binary = false): Promise<void> {
    return this.turn(() => this.#link.send(data, { binary }));
  }

  /** Does what sends one message in several steps, when it is its turn. */
  turn<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#last.then(send);
    this.#last = sent.catch(() => undefined);
    return sent;
  }
}
