import { Buffer } from "node:buffer";

const EMPTY = new Uint8Array(0);
/** Once this part of an announced total has come, there is memory for all of it. */
const CREDIBLE_PART = 1 / 8;

/**
 * Joins pieces into one run of bytes. Memory grows with the bytes that came, at most to eight times
 * as much, however small the pieces and however large the announced total.
 */
export class Gather {
  #bytes = EMPTY;
  length = 0;

  /**
   * Copies `bytes[start, end)` to the end and returns the index at which they now begin in `view()`.
   * @param expected total in the end, where it is known: nothing beyond it is allocated
   */
  append(
    bytes: Uint8Array,
    expected = Number.POSITIVE_INFINITY,
    start = 0,
    end = bytes.length,
  ): number {
    const at = this.length;
    const needed = at + end - start;
    this.length = needed;
    if (at === 0 && needed === expected) {
      // All at once: most frames are small. A Buffer's own `slice` would not copy.
      this.#bytes = Uint8Array.prototype.slice.call(bytes, start, end);
      return at;
    }
    if (needed > this.#bytes.length) this.#grow(at, needed, Math.max(needed, expected));
    this.#bytes.set(bytes.subarray(start, end), at);
    return at;
  }

  /** The bytes so far, as a view: valid until the next `append`. */
  view(): Uint8Array {
    const whole = this.#bytes;
    return whole.length === this.length ? whole : whole.subarray(0, this.length);
  }

  /** Gives the bytes away and starts anew. */
  take(): Uint8Array {
    const whole = this.view();
    this.#bytes = EMPTY;
    this.length = 0;
    return whole;
  }

  /** Up to the total at once where that is credible, otherwise by doubling. */
  #grow(length: number, needed: number, expected: number): void {
    const doubled = Math.max(needed, this.#bytes.length * 2);
    const larger = unfilled(needed >= expected * CREDIBLE_PART ? expected : doubled);
    larger.set(this.#bytes.subarray(0, length));
    this.#bytes = larger;
  }
}

/** Memory that nobody has filled with zeros: of what is not written to, the system need have none. */
function unfilled(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}
