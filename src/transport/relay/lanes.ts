import { Lane, type Unit } from "./lane.ts";

/**
 * What waits for its turn in one direction. Most of it leaves in order; beside that is a lane for pings
 * and pongs that overtake, or are held back themselves. What is last waits for both.
 */
export class Lanes {
  readonly #ordered = new Lane();
  readonly #aside = new Lane();
  #last: Unit | undefined;
  #draining = false;

  /** Bytes that wait. */
  get size(): number {
    return this.#ordered.size + this.#aside.size;
  }

  get isEmpty(): boolean {
    return this.#ordered.isEmpty && this.#aside.isEmpty;
  }

  /** Something in order waits, and whatever comes waits behind it. */
  get isBlocked(): boolean {
    return !this.#ordered.isEmpty;
  }

  /** Nothing waits beside what is in order. */
  get isAsideEmpty(): boolean {
    return this.#aside.isEmpty;
  }

  push(unit: Unit): void {
    this.#ordered.push(unit);
  }

  pushAside(unit: Unit): void {
    this.#aside.push(unit);
  }

  pushLast(unit: Unit): void {
    this.#last = unit;
    this.#ordered.push(unit);
  }

  /** Lets those go that may. @param isMidFrame nothing from aside can leave now */
  drain(isMidFrame: () => boolean): void {
    // What leaves is told, and who is told may let more of it go.
    if (this.#draining) return;
    this.#draining = true;
    const mayGo = (unit: Unit): boolean => unit !== this.#last || this.#aside.isEmpty;
    this.#ordered.pump(mayGo);
    this.#aside.pump(() => !isMidFrame());
    this.#ordered.pump(mayGo);
    this.#draining = false;
  }

  /** Nothing holds anything back any more. */
  unblock(): void {
    this.#ordered.unblock();
    this.#aside.unblock();
  }

  /** Nothing of it will leave. */
  clear(): void {
    this.#ordered.clear();
    this.#aside.clear();
  }

  clearAside(): void {
    this.#aside.clear();
  }
}
