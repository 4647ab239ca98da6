import { type Deferred, deferred } from "./deferred.ts";

export interface QueueLimits {
  readonly messages: number;
  readonly bytes: number;
}

export const QUEUE_LIMITS: QueueLimits = { messages: 1000, bytes: 16 * 1024 * 1024 };

/**
 * Messages that wait for a connection, in order. It takes what it is given; who gives is told when it
 * is full, and waits for room, so that it holds no more than its limits and one from each who gives.
 */
export class OfflineQueue<Item extends { readonly bytes: Uint8Array }> {
  readonly #limits: QueueLimits;
  #items: Item[] = [];
  #bytes = 0;
  #room: Deferred<void> | undefined;

  constructor(limits: QueueLimits = QUEUE_LIMITS) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Bytes of payload. */
  get bytes(): number {
    return this.#bytes;
  }

  get full(): boolean {
    return this.length >= this.#limits.messages || this.#bytes >= this.#limits.bytes;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#bytes += item.bytes.length;
  }

  /** Puts back what was under way, before all else. */
  unshift(items: readonly Item[]): void {
    this.#items = [...items, ...this.#items];
    for (const { bytes } of items) this.#bytes += bytes.length;
  }

  shift(): Item | undefined {
    const item = this.#items.shift();
    if (!item) return undefined;
    this.#bytes -= item.bytes.length;
    if (!this.full) this.release();
    return item;
  }

  /** Drops what does not pass; gives how many that were. */
  retain(passes: (item: Item) => boolean): number {
    const before = this.length;
    this.#items = this.#items.filter(passes);
    this.#bytes = this.#items.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (!this.full) this.release();
    return before - this.length;
  }

  /** Resolves once it is not full; at once where it is not. */
  room(): Promise<void> {
    if (!this.full) return Promise.resolve();
    this.#room ??= deferred();
    return this.#room.promise;
  }

  /** Lets everyone go who waits for room. */
  release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
