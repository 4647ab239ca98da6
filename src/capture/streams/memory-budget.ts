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
}
