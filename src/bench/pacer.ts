export interface Pace {
  readonly ratePerSecond: number;
  readonly arrival: "constant" | "poisson";
  /** When the schedule begins, in ms of any clock. */
  readonly startMs: number;
  /** Where in the first period the first moment lies (0–1), of a constant rate. */
  readonly phase?: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

interface Change {
  readonly atMs: number;
  readonly periodMs: number;
}

/**
 * The schedule of an open model: the moments at which messages are planned, whatever becomes of those
 * before. It has no clock: who reads `next` decides when that is.
 *
 * 1. A moment lies so many periods after the last change of the rate, so that no rounding adds up. At
 *    a constant rate they are one period apart; Poisson arrivals have independent, exponentially
 *    distributed gaps.
 * 2. A change of the rate stretches what is left of a period. What has passed of it stays passed,
 *    also while the rate is 0.
 * 3. Moments before a change keep to the rate of their time, also where they are overdue.
 */
export class Pacer {
  readonly #gap: () => number;
  #baseMs: number;
  #periodMs: number;
  /** From the base to the next moment. */
  #periods: number;
  #next: number;
  /** Those that come after the next moment. */
  readonly #changes: Change[] = [];

  constructor({ ratePerSecond, arrival, startMs, phase = 0, random }: Pace) {
    const isRandom = arrival === "poisson";
    this.#gap = isRandom ? () => -Math.log(1 - random()) : () => 1;
    this.#baseMs = startMs;
    this.#periodMs = 1000 / ratePerSecond;
    this.#periods = isRandom ? this.#gap() : phase;
    this.#next = this.#moment();
  }

  /** The next planned moment; infinity while the rate is 0. */
  get next(): number {
    return this.#next;
  }

  /** The moment after that becomes the next one. */
  advance(): void {
    this.#periods += this.#gap();
    this.#settle();
  }

  /** From `atMs` on the rate is another. Changes come in the order of their moments. */
  setRate(ratePerSecond: number, atMs: number): void {
    this.#changes.push({ atMs, periodMs: 1000 / ratePerSecond });
    this.#settle();
  }

  #settle(): void {
    this.#next = this.#moment();
    while (this.#changes.length > 0) {
      const [change] = this.#changes;
      if (!change || change.atMs >= this.#next) return;
      this.#changes.shift();
      this.#periods -= (change.atMs - this.#baseMs) / this.#periodMs;
      this.#baseMs = change.atMs;
      this.#periodMs = change.periodMs;
      this.#next = this.#moment();
    }
  }

  #moment(): number {
    const isStill = this.#periodMs === Number.POSITIVE_INFINITY;
    return isStill ? this.#periodMs : this.#baseMs + this.#periods * this.#periodMs;
  }
}
