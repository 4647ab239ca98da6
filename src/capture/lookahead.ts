import { Buffer } from "node:buffer";

/**
 * An input whose beginning can be looked at before it is read: what was looked at is kept for then. A
 * piece need be valid only until the next one is asked for.
 */
export class Lookahead {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #held: Uint8Array[] = [];
  #length = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** The pieces looked at so far. */
  get held(): readonly Uint8Array[] {
    return this.#held;
  }

  /** Bytes looked at so far. */
  get length(): number {
    return this.#length;
  }

  /** What was looked at, and all of it where the input has ended. */
  view(): Uint8Array {
    const [only] = this.#held;
    return only && this.#held.length === 1 ? only : Buffer.concat(this.#held, this.#length);
  }

  /** Looks at the next piece, which is never empty; undefined at the end of the input. */
  async more(): Promise<Uint8Array | undefined> {
    while (!this.#ended) {
      const next = await this.#source.next();
      if (next.done === true) this.#ended = true;
      else if (next.value.length > 0) return this.#hold(next.value);
    }
    return undefined;
  }

  /** Everything from the beginning. Ask once: what was looked at is no longer held. */
  async *all(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#held.splice(0);
      if (!this.#ended) yield* { [Symbol.asyncIterator]: () => this.#source };
    } finally {
      await this.close();
    }
  }

  /** Nothing more is wanted. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#source.return?.();
  }

  #hold(piece: Uint8Array): Uint8Array {
    // The source may use the memory again.
    const held = Uint8Array.prototype.slice.call(piece);
    this.#held.push(held);
    this.#length += held.length;
    return held;
  }
}
