/** What is to be done at which moment, earliest first: a binary heap. */
export class Agenda<T> {
  readonly #moments: number[] = [];
  readonly #items: T[] = [];
  /** Told when something is to be done earlier than all that was known. */
  onSooner: ((at: number) => void) | undefined;

  /** The earliest moment; infinity where nothing is to be done. */
  get next(): number {
    return this.#moments[0] ?? Number.POSITIVE_INFINITY;
  }

  add(at: number, item: T): void {
    this.#moments.push(at);
    this.#items.push(item);
    let child = this.#moments.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
    this.onSooner?.(at);
  }

  /** Takes the earliest item; undefined where there is none. */
  take(): T | undefined {
    if (this.#items.length === 0) return undefined;
    this.#swap(0, this.#moments.length - 1);
    this.#moments.pop();
    const taken = this.#items.pop();
    this.#sink();
    return taken;
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      const left = parent * 2 + 1;
      const right = left + 1;
      let least = parent;
      if (left < this.#moments.length && this.#isBefore(left, least)) least = left;
      if (right < this.#moments.length && this.#isBefore(right, least)) least = right;
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    return (this.#moments[a] ?? 0) < (this.#moments[b] ?? 0);
  }

  #swap(a: number, b: number): void {
    const moments = this.#moments;
    const items = this.#items;
    [moments[a], moments[b]] = [moments[b] ?? 0, moments[a] ?? 0];
    [items[a], items[b]] = [items[b] as T, items[a] as T];
  }
}
