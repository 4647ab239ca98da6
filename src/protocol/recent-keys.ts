/** Keys that there is memory for, shared by many connections. */
export interface KeyRoom {
  left: number;
}

const FIRST_CAPACITY = 8;

/**
 * The latest of the keys that a client sent, numbers of 32 bits but 0. There may be many clients of
 * which each sends a few, so memory grows with the keys, by doubling; where there is no room for that,
 * fewer are remembered.
 */
export class RecentKeys {
  readonly #limit: number;
  readonly #room: KeyRoom;
  /** In the order in which they came, each in the place of the oldest. */
  #order = new Uint32Array(0);
  /** The same, found by their hash or behind it; 0 where there is none. */
  #table = new Uint32Array(0);
  #count = 0;

  /** @param limit how many are remembered, a power of two */
  constructor(limit: number, room: KeyRoom) {
    this.#limit = limit;
    this.#room = room;
  }

  /** How many are remembered at most for now. */
  get capacity(): number {
    return this.#order.length;
  }

  has(key: number): boolean {
    return this.capacity > 0 && this.#table[this.#placeOf(key)] === key;
  }

  /** Adds a key that is not among them. */
  add(key: number): void {
    if (this.#count >= this.capacity) this.#grow();
    if (this.capacity === 0) return;
    const at = this.#count++ % this.capacity;
    const oldest = this.#order[at] ?? 0;
    if (oldest !== 0) this.#delete(oldest);
    this.#order[at] = key;
    this.#table[this.#placeOf(key)] = key;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#room.left += this.capacity;
    this.#order = new Uint32Array(0);
    this.#table = new Uint32Array(0);
    this.#count = 0;
  }

  /** It is full and in order, because it grows as soon as it is. */
  #grow(): void {
    const before = this.#order;
    const added = Math.max(FIRST_CAPACITY, before.length * 2) - before.length;
    if (before.length === this.#limit || this.#room.left < added) return;
    this.#room.left -= added;
    const start = this.#count % Math.max(1, before.length);
    this.#order = new Uint32Array(before.length + added);
    this.#order.set(before.subarray(start));
    this.#order.set(before.subarray(0, start), before.length - start);
    this.#count = before.length;
    this.#table = new Uint32Array(this.capacity * 2);
    for (const key of before) this.#table[this.#placeOf(key)] = key;
  }

  /** Where the key is, or else where it would be. */
  #placeOf(key: number): number {
    let at = this.#hash(key);
    for (let found = this.#table[at]; found !== 0 && found !== key; found = this.#table[at]) {
      at = this.#after(at);
    }
    return at;
  }

  /** Those behind it that it kept from their places move up. */
  #delete(key: number): void {
    const table = this.#table;
    let at = this.#placeOf(key);
    table[at] = 0;
    for (;;) {
      at = this.#after(at);
      const moved = table[at] ?? 0;
      if (moved === 0) return;
      table[at] = 0;
      table[this.#placeOf(moved)] = moved;
    }
  }

  #after(at: number): number {
    return (at + 1) & (this.#table.length - 1);
  }

  #hash(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 8) & (this.#table.length - 1);
  }
}
