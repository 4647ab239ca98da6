/**
 * Answers pings, one at a time: to pings that come faster than pongs leave only the latest is
 * answered, which RFC 6455 allows (section 5.5.3). So a peer that pings and never reads costs no
 * memory.
 */
export class PongReplies {
  readonly #send: (payload: Uint8Array, sent: () => void) => void;
  #due: Uint8Array | undefined;
  #underWay = false;

  /** @param send sends a pong, and calls `sent` once it has left; or lets both be */
  constructor(send: (payload: Uint8Array, sent: () => void) => void) {
    this.#send = send;
  }

  /** A ping came. */
  answer(payload: Uint8Array): void {
    this.#due = payload;
    if (!this.#underWay) this.#sendDue();
  }

  #sendDue(): void {
    const payload = this.#due;
    this.#due = undefined;
    this.#underWay = payload !== undefined;
    if (payload) this.#send(payload, () => this.#sendDue());
  }
}
