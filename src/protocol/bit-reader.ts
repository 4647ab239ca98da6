const NOTHING = new Uint8Array(0);

/**
 * Reads bits from the lowest of each octet on, as DEFLATE packs them (RFC 1951, section 3.1.1).
 * After the last octet come zeros; `exhausted` tells whether any of them has been taken.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #tail: Uint8Array;
  readonly #total: number;
  #at = 0;
  #held = 0;
  #count = 0;

  /** @param tail octets that follow `bytes` */
  constructor(bytes: Uint8Array, tail: Uint8Array = NOTHING) {
    this.#bytes = bytes;
    this.#tail = tail;
    this.#total = bytes.length + tail.length;
  }

  /** The next bits, at most 16, the first one lowest; they are not taken. */
  peek(bits: number): number {
    while (this.#count < bits) {
      this.#held |= this.#octet() << this.#count;
      this.#count += 8;
    }
    return this.#held & ((1 << bits) - 1);
  }

  /** Takes bits that `peek` has shown. */
  skip(bits: number): void {
    this.#held >>>= bits;
    this.#count -= bits;
  }

  /** Takes the next bits, at most 16, as a number. */
  take(bits: number): number {
    const value = this.peek(bits);
    this.skip(bits);
    return value;
  }

  /** Passes over what is left of the current octet. */
  align(): void {
    this.skip(this.#count & 7);
  }

  /** Passes over whole octets; the reader must be aligned. */
  skipOctets(octets: number): void {
    this.#at = this.position + octets;
    this.#held = 0;
    this.#count = 0;
  }

  /** Octets that have been begun. */
  get position(): number {
    return this.#at - (this.#count >>> 3);
  }

  /** True when all bits, and no more, have been taken. */
  get atEnd(): boolean {
    return this.#at * 8 - this.#count === this.#total * 8;
  }

  /** True once more has been taken than there was. */
  get exhausted(): boolean {
    return this.#at * 8 - this.#count > this.#total * 8;
  }

  #octet(): number {
    const at = this.#at++;
    return this.#bytes[at] ?? this.#tail[at - this.#bytes.length] ?? 0;
  }
}
