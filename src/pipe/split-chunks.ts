import { type Cutter, Fragments, type Piece } from "./fragments.ts";

/** The longest message where each read is one. */
const MAX_READ = 64 * 1024;
/** Pieces of the one message: few enough for receivers that count them. */
const ONE_LIMIT = 256 * 1024;

/** Makes each read a binary message, or several where it is long. */
export class ReadSplitter implements Cutter {
  readonly pending = false;

  *push(chunk: Buffer): Iterable<Piece> {
    for (let start = 0; start < chunk.length; start += MAX_READ) {
      yield { bytes: chunk.subarray(start, start + MAX_READ), fin: true, binary: true };
    }
  }

  end(): Iterable<Piece> {
    return [];
  }
}

/** Makes binary messages of exactly so many bytes; the last one may be shorter. */
export class ChunkSplitter implements Cutter {
  readonly #size: number;
  readonly #fragments = new Fragments({ binary: true, where: (n) => `chunk ${n} of stdin` });
  /** What the message under way lacks. */
  #due: number;

  /** @param size at least 1 */
  constructor(size: number) {
    this.#size = size;
    this.#due = size;
  }

  get pending(): boolean {
    return this.#fragments.isOpen;
  }

  *push(chunk: Buffer): Iterable<Piece> {
    let start = 0;
    while (chunk.length - start >= this.#due) {
      yield this.#fragments.end(chunk.subarray(start, start + this.#due));
      start += this.#due;
      this.#due = this.#size;
    }
    this.#due -= chunk.length - start;
    const piece = this.#fragments.push(chunk.subarray(start));
    if (piece) yield piece;
  }

  *end(): Iterable<Piece> {
    if (this.pending) yield this.#fragments.end();
  }
}

/** Makes one message of all, an empty one of nothing. It leaves in fragments as it is read. */
export class OneMessage implements Cutter {
  /** Until the end has come. */
  pending = true;
  readonly #fragments: Fragments;

  constructor({ binary }: { readonly binary: boolean }) {
    this.#fragments = new Fragments({ binary, where: () => "stdin", limit: ONE_LIMIT });
  }

  *push(chunk: Buffer): Iterable<Piece> {
    const piece = this.#fragments.push(chunk);
    if (piece) yield piece;
  }

  *end(): Iterable<Piece> {
    this.pending = false;
    yield this.#fragments.end();
  }
}
