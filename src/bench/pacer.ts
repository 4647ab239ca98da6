export interface Pace {
  readonly ratePerSecond: number;
  readonly arrival: "constant" | "poisson";
  /** When the schedule begins, in ms of any clock. */
  readonly startMs: number;
  /** Where in the first period the first moment lies (0–1). */
  readonly phase?: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/**
 * The schedule of an open model: the moments at which messages are planned, whatever becomes of those
 * before. It has no clock: who reads `next` decides when that is.
 *
 * Constant moments are counted from the last change of the rate, so that no rounding adds up; Poisson
 * arrivals have independent, exponentially distributed gaps.
 */
export class Pacer {
  readonly #arrival: Pace["arrival"];
  readonly #random: () => number;
  #periodMs: number;
  #baseMs: number;
  #index = 0;
  #next: number;

  constructor({ ratePerSecond, arrival, startMs, phase = 0, random }: Pace) {
    this.#arrival = arrival;
    this.#random = random;
    this.#periodMs = 1000 / ratePerSecond;
    this.#baseMs = startMs + (ratePerSecond > 0 ? phase * this.#periodMs : 0);
    this.#next = this.#first(startMs);
  }

  /** The next planned moment; infinity while the rate is 0. */
  get next(): number {
    return this.#next;
  }

  /** The moment after that becomes the next one. */
  advance(): void {
    this.#index += 1;
    this.#next =
      this.#arrival === "poisson"
        ? this.#next + this.#gap()
        : this.#baseMs + this.#index * this.#periodMs;
  }

  /** From `atMs` on the rate is another; what of a period has passed stays passed. */
  setRate(ratePerSecond: number, atMs: number): void {
    const periodMs = 1000 / ratePerSecond;
    if (periodMs === this.#periodMs) return;
    const left = this.#next - atMs;
    const before = this.#periodMs;
    this.#periodMs = periodMs;
    this.#index = 0;
    // What is overdue stays due when it was.
    if (left > 0 && Number.isFinite(before)) this.#next = atMs + (left / before) * periodMs;
    else if (left > 0) this.#next = this.#first(atMs);
    this.#baseMs = this.#next;
  }

  #first(atMs: number): number {
    if (this.#periodMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.#arrival === "poisson" ? atMs + this.#gap() : Math.max(atMs, this.#baseMs);
  }

  #gap(): number {
    return -Math.log(1 - this.#random()) * this.#periodMs;
  }
}
