/** What the numbers that came so far say: nothing is counted twice. */
export type Arrival = "next" | "late" | "duplicate";

/** Gaps that are remembered; a peer that jumps at random fills no memory. */
const MAX_REMEMBERED = 4096;

/** Follows one numbered stream: what is missing, what came twice, what came late. */
export class SequenceTracker {
  #next: number | undefined;
  #missing = 0;
  /** Numbers that were passed over and may still come. */
  #holes: Set<number> | undefined;

  /** Numbers passed over that have not come. */
  get missing(): number {
    return this.#missing;
  }

  take(number: number): Arrival {
    this.#next ??= number;
    if (number >= this.#next) {
      this.#passOver(this.#next, number);
      this.#next = number + 1;
      return "next";
    }
    if (!this.#holes?.delete(number)) return "duplicate";
    this.#missing -= 1;
    return "late";
  }

  #passOver(from: number, to: number): void {
    if (to === from) return;
    this.#missing += to - from;
    this.#holes ??= new Set();
    const room = MAX_REMEMBERED - this.#holes.size;
    for (let hole = Math.max(from, to - room); hole < to; hole++) this.#holes.add(hole);
  }
}
