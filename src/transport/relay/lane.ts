/** Something that waits for its turn in one direction. */
export interface Unit {
  /** Bytes that it keeps in memory. */
  readonly size: number;
  /** How many things hold it back: a person, a delay. */
  blocks: number;
  /** It leaves, in whatever form. */
  readonly go: () => void;
  /** It has left, or never will; it may be told twice. */
  readonly gone?: (() => void) | undefined;
}

/** What a unit costs beside its bytes. */
const OVERHEAD = 256;

/** Units leave in the order in which they came; one that is blocked blocks those behind it. */
export class Lane {
  /** Those before the first have left. */
  #units: (Unit | undefined)[] = [];
  #first = 0;
  #size = 0;

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#first === this.#units.length;
  }

  push(unit: Unit): void {
    this.#units.push(unit);
    this.#size += unit.size + OVERHEAD;
  }

  /** Lets those go that may, up to one that `may` says no to. */
  pump(may: (unit: Unit) => boolean = () => true): void {
    for (let unit = this.#units[this.#first]; unit?.blocks === 0; unit = this.#units[this.#first]) {
      if (!may(unit)) return;
      this.#units[this.#first] = undefined;
      this.#first += 1;
      this.#leave(unit);
      unit.go();
    }
    if (this.#first > 64 && this.#first * 2 > this.#units.length) {
      this.#units = this.#units.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Nothing holds anything back any more. */
  unblock(): void {
    for (const unit of this.#waiting()) {
      unit.blocks = 0;
      unit.gone?.();
    }
  }

  /** Nothing of it will leave. */
  clear(): void {
    const units = this.#waiting();
    this.#units = [];
    this.#first = 0;
    for (const unit of units) this.#leave(unit);
  }

  #waiting(): readonly Unit[] {
    return this.#units.filter((unit) => unit !== undefined);
  }

  #leave(unit: Unit): void {
    this.#size -= unit.size + OVERHEAD;
    unit.gone?.();
  }
}
