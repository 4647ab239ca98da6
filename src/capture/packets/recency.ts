/**
 * The order in which things were last used. Touching what is newest, as the packets of one busy
 * connection do, costs a comparison.
 */
export class Recency<T> {
  readonly #items = new Set<T>();
  #newest: T | undefined;

  get size(): number {
    return this.#items.size;
  }

  /** All, the least recently used first. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values();
  }

  get oldest(): T | undefined {
    return this.#items.values().next().value;
  }

  /** Makes the item the newest; adds it where it is not there. */
  touch(item: T): void {
    if (item === this.#newest) return;
    this.#items.delete(item);
    this.#items.add(item);
    this.#newest = item;
  }

  delete(item: T): void {
    this.#items.delete(item);
    if (item === this.#newest) this.#newest = undefined;
  }
}
