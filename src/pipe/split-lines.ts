import {
  type Cutter,
  Fragments,
  type FragmentsOptions,
  NO_BYTES,
  type Piece,
} from "./fragments.ts";

export interface LineSplitterOptions extends Omit<FragmentsOptions, "where"> {
  /** What ends a line, at least one byte. Default a newline. */
  readonly delimiter?: Uint8Array | undefined;
  /** Leave the delimiter at the end of the message. */
  readonly keepDelimiter?: boolean | undefined;
}

const NEWLINE = Uint8Array.of(0x0a);

/**
 * Makes each line a message. The delimiter is taken off; all else stays, a carriage return too. An
 * empty line is an empty message, and what follows the last delimiter is a message if there is
 * anything. Memory is bounded: a line that is too long comes in several pieces.
 */
export class LineSplitter implements Cutter {
  readonly #delimiter: Buffer;
  readonly #kept: number;
  readonly #fragments: Fragments;
  /** The end of what was pushed, where the delimiter may have begun. */
  #held: Uint8Array = NO_BYTES;

  constructor({ delimiter = NEWLINE, keepDelimiter, ...fragments }: LineSplitterOptions) {
    this.#delimiter = Buffer.from(delimiter);
    this.#kept = keepDelimiter ? delimiter.length : 0;
    this.#fragments = new Fragments({ ...fragments, where: (n) => `line ${n} of stdin` });
  }

  get pending(): boolean {
    return this.#held.length > 0 || this.#fragments.isOpen;
  }

  *push(chunk: Buffer): Iterable<Piece> {
    const delimiter = this.#delimiter;
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, start)) {
      yield this.#fragments.end(bytes.subarray(start, at + this.#kept));
      start = at + delimiter.length;
    }
    const rest = bytes.subarray(start);
    const end = rest.length - beginningAtEnd(delimiter, rest);
    this.#held = rest.subarray(end);
    const piece = this.#fragments.push(rest.subarray(0, end));
    if (piece) yield piece;
  }

  *end(): Iterable<Piece> {
    if (this.pending) yield this.#fragments.end(this.#held);
    this.#held = NO_BYTES;
  }
}

/** How many of the first bytes of `delimiter`, but not all, are the last of `bytes`. */
function beginningAtEnd(delimiter: Buffer, bytes: Buffer): number {
  let length = Math.min(delimiter.length - 1, bytes.length);
  while (length > 0 && !delimiter.subarray(0, length).equals(bytes.subarray(-length))) length -= 1;
  return length;
}
