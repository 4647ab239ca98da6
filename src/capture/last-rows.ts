import { isRow, type NumberedEvent } from "../rows.ts";
import type { Event } from "../transport/events.ts";
import type { SelectedConnection } from "./selected-connections.ts";

/** An event with what is known of its connection. */
export interface HeldEvent {
  readonly numbered: NumberedEvent;
  readonly connection: SelectedConnection;
}

interface Placed extends HeldEvent {
  readonly place: number;
  readonly cost: number;
}

const MIB = 2 ** 20;
const DEFAULT_MAX_HELD = 256 * MIB;
/** Closes and notes between the rows. */
const MAX_TALK = 1024;
/** About what a row costs beside its payload. */
const ROW_COST = 512;

/** Holds the last rows of a stream, and what was told between them, in bounded memory. */
export class LastRows {
  readonly #count: number;
  readonly #maxHeld: number;
  readonly #rows = new Queue<Placed>();
  readonly #talk = new Queue<Placed>();
  #held = 0;
  #place = 0;
  /** Rows that are among the last ones but too much to be held. */
  dropped = 0;

  constructor(count: number, { maxHeld = DEFAULT_MAX_HELD } = {}) {
    this.#count = count;
    this.#maxHeld = maxHeld;
  }

  push(numbered: NumberedEvent, connection: SelectedConnection): void {
    this.#place += 1;
    const cost = ROW_COST + bytesOf(numbered.event);
    const placed = { numbered, connection, place: this.#place, cost };
    if (isRow(numbered.event)) this.#pushRow(placed);
    else this.#pushTalk(placed);
  }

  /** All that is held, in order; what was told before the first of the rows is not. */
  take(): HeldEvent[] {
    const rows = this.#rows.take();
    const start = rows[0]?.place ?? Number.POSITIVE_INFINITY;
    const talk = this.#talk.take().filter(({ place }) => place > start);
    return [...rows, ...talk].toSorted((a, b) => a.place - b.place);
  }

  #pushRow(placed: Placed): void {
    this.#rows.push(placed);
    this.#held += placed.cost;
    // What was dropped is no longer among the last ones either.
    if (this.#rows.length + this.dropped > this.#count) {
      if (this.dropped > 0) this.dropped -= 1;
      else this.#held -= this.#rows.shift()?.cost ?? 0;
    }
    while (this.#held > this.#maxHeld && this.#rows.length > 1) {
      this.#held -= this.#rows.shift()?.cost ?? 0;
      this.dropped += 1;
    }
  }

  #pushTalk(placed: Placed): void {
    this.#talk.push(placed);
    if (this.#talk.length > MAX_TALK) this.#talk.shift();
  }
}

function bytesOf(event: Event): number {
  if (event.type === "frame") {
    return event.frame.payload.length + (event.message?.data.length ?? 0);
  }
  return isRow(event) ? event.data.length : 0;
}

/** First in, first out, in constant time on average. */
class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    this.#head += 1;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  take(): T[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
