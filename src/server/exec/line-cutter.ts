import { Buffer } from "node:buffer";

export interface Line {
  readonly bytes: Buffer;
  /** It is longer than allowed, and this is a piece of it. */
  readonly tooLong: boolean;
}

const NEWLINE = 0x0a;

/** Cuts bytes into lines, newlines taken off; the last one needs none. It keeps no more than `limit`. */
export class LineCutter {
  readonly #limit: number;
  #pieces: Buffer[] = [];
  #length = 0;

  /** @param limit bytes of the longest line */
  constructor(limit: number) {
    this.#limit = limit;
  }

  *push(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      yield* this.#add(chunk.subarray(start, at));
      yield this.#take();
      start = at + 1;
    }
    yield* this.#add(chunk.subarray(start));
  }

  *end(): Generator<Line> {
    if (this.#length > 0) yield this.#take();
  }

  *#add(piece: Buffer): Generator<Line> {
    let rest = piece;
    while (this.#length + rest.length > this.#limit) {
      const room = this.#limit - this.#length;
      this.#keep(rest.subarray(0, room));
      rest = rest.subarray(room);
      yield { ...this.#take(), tooLong: true };
    }
    this.#keep(rest);
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #take(): Line {
    const [first = Buffer.alloc(0)] = this.#pieces;
    const bytes = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first;
    this.#pieces = [];
    this.#length = 0;
    return { bytes, tooLong: false };
  }
}
