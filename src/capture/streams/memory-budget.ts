/** What one direction may hold even while all together hold too much: most handshakes. */
const MODEST = 4096;

/** Counts what all connections of a capture hold together, so that many of them cannot hold much. */
export class MemoryBudget {
  readonly #limit: number;
  held = 0;

  /** @param limit in bytes */
  constructor(limit = 64 * 1024 * 1024) {
    this.#limit = limit;
  }

  get exceeded(): boolean {
    return this.held > this.#limit;
  }

  /** Whether all together hold too much for one direction to go on holding so much. */
  refuses(bytes: number): boolean {
    return bytes > MODEST && this.exceeded;
  }
}
