/** Something that holds bytes back until others come, and can be told to wait no longer. */
export interface Holder {
  giveUp(): void;
}

/**
 * Limits the memory that all directions together hold behind their holes. When it is passed, the
 * one that has waited longest gives up first.
 */
export class HoldingBudget {
  readonly #maxMemory: number;
  /** In the order in which they began to hold. */
  readonly #holders = new Set<Holder>();
  #memory = 0;

  constructor(maxMemory: number) {
    this.#maxMemory = maxMemory;
  }

  get memory(): number {
    return this.#memory;
  }

  /** The memory of a holder has changed by `difference`, and is `now`. */
  change(holder: Holder, difference: number, now: number): void {
    this.#memory += difference;
    if (now === 0) this.#holders.delete(holder);
    else this.#holders.add(holder);
  }

  /** Makes holders give up until the limit is kept. */
  enforce(): void {
    if (this.#memory <= this.#maxMemory) return;
    for (const holder of this.#holders) {
      if (this.#memory <= this.#maxMemory) return;
      holder.giveUp();
    }
  }
}
