import { Buffer } from "node:buffer";

const CHUNK_LENGTH = 64 * 1024;
/** Shorter text is copied here sooner than by a call of the runtime. */
const SHORT = 24;
/** A UTF-16 unit becomes at most so many bytes. */
const MAX_BYTES = 3;
export const SPACE = 0x20;
const MAX_INT32 = 2 ** 31 - 1;
/** The digit. */
export const ZERO = 0x30;
const HEX = Buffer.from("0123456789abcdef");

/**
 * Gathers text as UTF-8, and hands it on in large pieces: a write for each line would be a call of
 * the system for each, and a payload need not become a string to be printed.
 */
export class TextBytes {
  readonly #write: (bytes: Uint8Array) => void;
  #chunk = Buffer.alloc(0);
  #used = 0;

  /** @param write takes what was gathered; it is not changed any more */
  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  text(text: string): void {
    if (text.length <= SHORT && this.#ascii(text)) return;
    this.reserve(MAX_BYTES * text.length);
    this.#used += this.#chunk.write(text, this.#used);
  }

  octet(octet: number): void {
    this.reserve(1);
    this.#chunk[this.#used++] = octet;
  }

  /** `bytes[start, end)`, which may not be changed any more. */
  octets(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const piece = end - start === bytes.length ? bytes : bytes.subarray(start, end);
    if (piece.length >= CHUNK_LENGTH) {
      this.flush();
      this.#write(piece);
      return;
    }
    this.reserve(piece.length);
    this.#chunk.set(piece, this.#used);
    this.#used += piece.length;
  }

  /** A whole number from 0 to 2^53, in at least so many columns, up to nine. @returns its digits */
  number(value: number, columns = 1, padding = SPACE): number {
    if (value > MAX_INT32) return this.#largeNumber(value);
    const digits = digitsOf(value);
    this.reserve(Math.max(digits, columns));
    for (let i = digits; i < columns; i++) this.#chunk[this.#used++] = padding;
    const start = this.#used;
    this.#used += digits;
    let rest = value;
    for (let at = this.#used - 1; at >= start; at--) {
      const tens = (rest / 10) | 0;
      this.#chunk[at] = ZERO + rest - 10 * tens;
      rest = tens;
    }
    return digits;
  }

  /** Thirty-two bits in eight hex digits. */
  hex32(value: number): void {
    this.reserve(8);
    for (let shift = 28; shift >= 0; shift -= 4) {
      this.#chunk[this.#used++] = HEX[(value >>> shift) & 0xf] ?? 0;
    }
  }

  spaces(count: number): void {
    this.reserve(count);
    for (let i = 0; i < count; i++) this.#chunk[this.#used++] = SPACE;
  }

  /** Takes back spaces at the end, as far as they were not handed on. */
  trimEnd(): void {
    while (this.#used > 0 && this.#chunk[this.#used - 1] === SPACE) this.#used -= 1;
  }

  /** What comes next is not handed on in parts, as long as it is no more than `length`. */
  reserve(length: number): void {
    if (this.#used + length <= this.#chunk.length) return;
    this.flush();
    if (this.#chunk.length < length) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_LENGTH, length));
    }
  }

  /** Hands on all there is. */
  flush(): void {
    if (this.#used === 0) return;
    this.#write(this.#chunk.subarray(0, this.#used));
    this.#chunk = this.#chunk.subarray(this.#used);
    this.#used = 0;
  }

  #largeNumber(value: number): number {
    const digits = String(value);
    this.text(digits);
    return digits.length;
  }

  /** False where the text is no ASCII: nothing of it is taken then. */
  #ascii(text: string): boolean {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      this.#chunk[this.#used + i] = unit;
    }
    this.#used += text.length;
    return true;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return digits;
}
