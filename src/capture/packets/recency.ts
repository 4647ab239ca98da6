/** What can be in a list of what was used when: the list keeps these two. */
export interface Linked<T> {
  newer: T | undefined;
  older: T | undefined;
}

/**
 * The order in which things were last used. Each is in one such list at most. Touching what is
 * newest, as the packets of one busy connection do, costs a comparison.
 */
export class Recency<T extends Linked<T>> {
  #oldest: T | undefined;
  #newest: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** Adds an item as the newest. */
  add(item: T): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest) this.#newest.newer = item;
    else this.#oldest = item;
    this.#newest = item;
    this.#size += 1;
  }

  /** Makes an item of the list the newest. */
  touch(item: T): void {
    if (item === this.#newest) return;
    this.delete(item);
    this.add(item);
  }

  /** Takes an item of the list out of it. */
  delete(item: T): void {
    const { newer, older } = item;
    if (newer) newer.older = older;
    else this.#newest = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    item.newer = undefined;
    item.older = undefined;
    this.#size -= 1;
  }
}
