/** Tells for how long a number has been the same. */
export class Silence {
  #value = Number.NaN;
  #changedAt = 0;

  /** Counts from a moment on. */
  begin(nowMs: number): void {
    this.#changedAt = nowMs;
  }

  ofMs(value: number, nowMs: number): number {
    if (value !== this.#value) this.begin(nowMs);
    this.#value = value;
    return nowMs - this.#changedAt;
  }
}
