import type { Link } from "../transport/link.ts";

/**
 * Sends the messages of a person one after the other: what is typed while a message is still being
 * sent in fragments waits for its end, since between fragments no other message may stand (RFC 6455,
 * section 5.4).
 */
export class Conversation {
  readonly #link: Link;
  #last: Promise<unknown> = Promise.resolve();
  /** Messages in several steps that have not been sent to their end. */
  #inSteps = 0;
  #waiting = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  /** How many messages wait for the end of one that is sent in several steps. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws FramecatError (abnormal) where it can neither be sent nor kept for later */
  async send(data: string | Uint8Array, binary = false): Promise<void> {
    const waits = this.#inSteps > 0 ? 1 : 0;
    this.#waiting += waits;
    await this.#next(() => {
      this.#waiting -= waits;
      return this.#link.send(data, { binary });
    });
  }

  /** Does what sends one message in several steps, when it is its turn. */
  async turn<T>(send: () => Promise<T>): Promise<T> {
    this.#inSteps += 1;
    try {
      return await this.#next(send);
    } finally {
      this.#inSteps -= 1;
    }
  }

  #next<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#last.then(send);
    this.#last = sent.catch(() => undefined);
    return sent;
  }
}
