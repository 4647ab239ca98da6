/**
 * Cuts a file that comes in pieces of any size into its records.
 *
 * 1. A record that lies whole in a piece is handed over where it is: nothing is copied.
 * 2. One that is cut by the end of a piece is gathered in a scratch, which grows by what has come
 *    and never by what a length claims. The rest of the next piece is again read in place.
 * 3. Bytes that were handed over are valid until the call returns: the next piece may reuse them.
 */
export interface RecordFormat {
  /**
   * Bytes of the record at `bytes[at]`, as far as the first `available` of them tell: where it is
   * more than that, it is asked again once they are there. At least 1.
   * @throws where no record can be so long
   */
  measure(bytes: Uint8Array, at: number, available: number): number;
  /** The record `bytes[at, at + length)` is complete; `fileOffset` is where it begins. */
  take(bytes: Uint8Array, at: number, length: number, fileOffset: number): void;
}

/** A record that the end of the file has cut. */
export interface CutRecord {
  readonly offset: number;
  readonly present: number;
  /** At least so many bytes are missing. */
  readonly missing: number;
}

const FIRST_SCRATCH = 4096;

export class RecordCutter {
  readonly #format: RecordFormat;
  #scratch = new Uint8Array(0);
  #gathered = 0;
  /** Where the current record begins. */
  #fileOffset = 0;

  constructor(format: RecordFormat) {
    this.#format = format;
  }

  /** Where the current record begins, for messages about it. */
  get fileOffset(): number {
    return this.#fileOffset;
  }

  push(piece: Uint8Array): void {
    let at = this.#gathered > 0 ? this.#complete(piece) : 0;
    while (at < piece.length) {
      const available = piece.length - at;
      const length = this.#format.measure(piece, at, available);
      if (length > available) {
        this.#gather(piece, at, piece.length);
        return;
      }
      this.#hand(piece, at, length);
      at += length;
    }
  }

  /** The file has ended: the record that it cuts, where there is one. */
  end(): CutRecord | undefined {
    if (this.#gathered === 0) return undefined;
    const present = this.#gathered;
    const length = this.#format.measure(this.#scratch, 0, present);
    return { offset: this.#fileOffset, present, missing: length - present };
  }

  /** Completes the gathered record; gives how much of the piece that took. */
  #complete(piece: Uint8Array): number {
    let at = 0;
    for (;;) {
      const length = this.#format.measure(this.#scratch, 0, this.#gathered);
      const due = length - this.#gathered;
      if (due <= 0) {
        this.#gathered = 0;
        this.#hand(this.#scratch, 0, length);
        return at;
      }
      if (at === piece.length) return at;
      const stop = Math.min(piece.length, at + due);
      this.#gather(piece, at, stop);
      at = stop;
    }
  }

  #hand(bytes: Uint8Array, at: number, length: number): void {
    this.#format.take(bytes, at, length, this.#fileOffset);
    this.#fileOffset += length;
  }

  #gather(piece: Uint8Array, start: number, end: number): void {
    const size = this.#gathered + end - start;
    if (size > this.#scratch.length) this.#grow(size);
    this.#scratch.set(piece.subarray(start, end), this.#gathered);
    this.#gathered = size;
  }

  #grow(size: number): void {
    const grown = new Uint8Array(Math.max(size, 2 * this.#scratch.length, FIRST_SCRATCH));
    grown.set(this.#scratch.subarray(0, this.#gathered));
    this.#scratch = grown;
  }
}
