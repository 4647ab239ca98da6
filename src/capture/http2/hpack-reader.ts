import { Buffer } from "node:buffer";
import { decodeHuffman } from "./hpack-huffman.ts";

/** Integers beyond it are of no use for an index or a length, and are refused. */
const LARGEST = 0x0fff_ffff;

/** What is wrong with a header block, told in words. */
export class HpackFault extends Error {}

/** Reads what header blocks consist of (RFC 7541, section 5). */
export class HpackReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, length);
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next octet, which is not taken. */
  peek(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  /**
   * An integer that begins in the lowest bits of the next octet (section 5.1).
   * @param prefix how many bits
   * @throws HpackFault where the block ends within it, or it is too large
   */
  integer(prefix: number): number {
    const largest = (1 << prefix) - 1;
    let value = this.#octet() & largest;
    if (value < largest) return value;
    for (let shift = 0; shift < 32; shift += 7) {
      const octet = this.#octet();
      value += (octet & 0x7f) * 2 ** shift;
      if (value > LARGEST) break;
      if (octet < 0x80) return value;
    }
    throw new HpackFault("an integer is too large");
  }

  /**
   * A string, plain or Huffman-coded (section 5.2), as Latin-1.
   * @throws HpackFault where the block ends within it, or its code is wrong
   */
  text(): string {
    const coded = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new HpackFault("it ends within a string");
    if (!coded) return this.#bytes.toString("latin1", start, this.#at);
    const text = decodeHuffman(this.#bytes, start, this.#at);
    if (text === undefined) throw new HpackFault("a string has a wrong Huffman code");
    return text;
  }

  #octet(): number {
    const octet = this.#bytes[this.#at++];
    if (octet === undefined) throw new HpackFault("it ends within a field");
    return octet;
  }
}
