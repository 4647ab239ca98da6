/** Pongs that may be under way at a time. */
export const MAX_PONGS_UNDER_WAY = 32;

/**
 * Answers pings. Of those that come while many pongs have not left yet only the latest is answered,
 * which RFC 6455 allows (section 5.5.3). So a peer that pings and never reads costs little memory.
 */
export class PongReplies {
  readonly #send: (payload: Uint8Array, sent: () => void) => void;
  #due: Uint8Array | undefined;
  #underWay = 0;

  /** @param send sends a pong, and calls `sent` once it has left; or lets both be */
  constructor(send: (payload: Uint8Array, sent: () => void) => void) {
    this.#send = send;
  }

  /** A ping came. */
  answer(payload: Uint8Array): void {
    this.#due = payload;
    if (this.#underWay < MAX_PONGS_UNDER_WAY) this.#sendDue();
  }

  #sendDue(): void {
    const payload = this.#due;
    if (!payload) return;
    this.#due = undefined;
    this.#underWay += 1;
    this.#send(payload, () => {
      this.#underWay -= 1;
      this.#sendDue();
    });
  }
}
