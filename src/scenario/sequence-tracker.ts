/** What the numbers that came so far say: nothing is counted twice. */
export type Arrival = "next" | "late" | "duplicate";

/** The latest gaps that are remembered; a peer that jumps at random fills no memory. */
const MAX_REMEMBERED = 1024;

/**
 * Follows one numbered stream: what is missing, what came twice, what came late. The stream reaches
 * from the lowest number that came to the highest; nobody knows what was before or will be after.
 *
 * What is missing for so long that it is forgotten stays missing. So does a stream that begins anew
 * count as duplicates: it would otherwise seem to have lost all that lies between.
 */
export class SequenceTracker {
  #first: number | undefined;
  #next = 0;
  #missing = 0;
  /** Numbers passed over that may still come, oldest first. */
  #holes: Set<number> | undefined;

  /** Numbers passed over that have not come. */
  get missing(): number {
    return this.#missing;
  }

  /** @param number whole, and exact as a double */
  take(number: number): Arrival {
    if (this.#first === undefined) this.#first = this.#next = number;
    if (number >= this.#next) {
      this.#passOver(this.#next, number);
      this.#next = number + 1;
      return "next";
    }
    if (number < this.#first && this.#first - number <= MAX_REMEMBERED) {
      this.#passOver(number + 1, this.#first);
      this.#first = number;
      return "late";
    }
    if (!this.#holes?.delete(number)) return "duplicate";
    this.#missing -= 1;
    return "late";
  }

  #passOver(from: number, to: number): void {
    if (to === from) return;
    const holes = (this.#holes ??= new Set());
    this.#missing += to - from;
    for (let hole = Math.max(from, to - MAX_REMEMBERED); hole < to; hole++) holes.add(hole);
    for (const oldest of holes) {
      if (holes.size <= MAX_REMEMBERED) return;
      holes.delete(oldest);
    }
  }
}
