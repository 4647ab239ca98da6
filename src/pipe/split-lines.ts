import { Gather } from "../protocol/gather.ts";

/** A message, or a fragment of one that is too long to be held: `fin` marks its end. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly fin: boolean;
}

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into messages at newlines, which are taken off; all else stays, a carriage
 * return too. An empty line is an empty message, and what follows the last newline is a message if
 * there is anything. A line longer than `limit` comes in several pieces, so memory stays bounded.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #pending = new Gather();
  /** Pieces of the line under way have been given out. */
  #continued = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  *push(chunk: Uint8Array): Iterable<Piece> {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      yield* this.#take(chunk.subarray(start, at));
      yield this.#finish();
      start = at + 1;
    }
    yield* this.#take(chunk.subarray(start));
  }

  /** The input has ended. */
  *end(): Iterable<Piece> {
    if (this.#pending.length > 0 || this.#continued) yield this.#finish();
  }

  /** What is pending leaves only when more comes, so that the last piece is never empty. */
  *#take(bytes: Uint8Array): Iterable<Piece> {
    if (bytes.length === 0) return;
    if (this.#pending.length + bytes.length > this.#limit && this.#pending.length > 0) {
      this.#continued = true;
      yield { bytes: this.#pending.take(), fin: false };
    }
    this.#pending.append(bytes);
  }

  #finish(): Piece {
    this.#continued = false;
    return { bytes: this.#pending.take(), fin: true };
  }
}
