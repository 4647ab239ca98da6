import { BitReader } from "./bit-reader.ts";
import { buildHuffman, type HuffmanCode, readSymbol } from "./huffman.ts";

/**
 * Follows the blocks of a compressed message (RFC 1951) without inflating it, and judges how far
 * its references go back, which no inflater tells: zlib takes whatever its own window can serve.
 *
 * 1. What a message refers to is counted in bytes of plain text, so only lengths are added up; no
 *    memory is needed beyond the tables of one block, and time grows with the bits that came.
 * 2. A reference is one fault or none: past the window, else into an earlier message where there is
 *    no context, else before all that was ever sent, which makes the data corrupt.
 * 3. The four octets that the sender took off are read as if they were there (RFC 7692, section
 *    7.2.2); where they are, left on, they are read once.
 * 4. After a block with BFINAL further ones may follow from the next octet on (section 7.2.3.4).
 */
export interface DeflateReach {
  /** Bytes that the window agreed on holds. */
  readonly windowSize: number;
  /** Bytes of earlier messages that may be referred to; Infinity where that is not known. */
  readonly history: number;
  /** Bytes of earlier messages that came before those and may not be referred to. */
  readonly foreign: number;
}

/** The first reference that goes too far. */
export interface TooFar {
  readonly past: "window" | "context";
  /** How far it goes back, in bytes. */
  readonly distance: number;
  /** Where in the plain text of this message it stands. */
  readonly at: number;
}

export interface Walked {
  /** False where the data cannot be inflated. */
  readonly sound: boolean;
  /** Length of the plain text, up to where the data is sound. */
  readonly length: number;
  readonly tooFar?: TooFar;
}

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** True where the sender left the end of the last block on the message (RFC 7692, section 7.2.1). */
export function endsWithTail(payload: Uint8Array): boolean {
  return payload.length >= 4 && TAIL.every((octet, i) => payload.at(i - 4) === octet);
}

/** Walks through the payload of one compressed message, all its fragments together. */
export function walkDeflate(payload: Uint8Array, reach: DeflateReach): Walked {
  if (payload.length === 0) return { sound: true, length: 0 };
  const walked = new Walk(payload, TAIL, reach).run();
  if (walked.sound || !endsWithTail(payload)) return walked;
  return new Walk(payload, new Uint8Array(0), reach).run();
}

/** Literal codes and lengths by symbol: the least value, and how many bits are added to it. */
const LENGTHS = ranges(
  3,
  [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5],
);
const DISTANCES = ranges(
  1,
  [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ],
);
/** The last length breaks the series: 258 takes no further bits (RFC 1951, section 3.2.5). */
const LONGEST = 285;
const LONGEST_LENGTH = 258;
const END_OF_BLOCK = 256;
const FIRST_LENGTH = 257;

interface Ranges {
  readonly base: readonly number[];
  readonly extra: readonly number[];
}

function ranges(start: number, extra: readonly number[]): Ranges {
  let next = start;
  const base = extra.map((bits) => {
    const from = next;
    next += 1 << bits;
    return from;
  });
  return { base, extra };
}

/** The order in which the lengths of the code for lengths come (RFC 1951, section 3.2.7). */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_LITERALS = 286;
const MAX_DISTANCES = 30;

interface Codes {
  readonly literals: HuffmanCode;
  readonly distances: HuffmanCode;
}

/** The codes that every decoder knows (RFC 1951, section 3.2.6). */
const FIXED = buildCodes(
  Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
  new Uint8Array(32).fill(5),
);

function buildCodes(literalLengths: Uint8Array, distanceLengths: Uint8Array): Codes | undefined {
  const literals = buildHuffman(literalLengths, { mayBeSparse: true });
  const distances = buildHuffman(distanceLengths, { mayBeSparse: true });
  return literals && distances && { literals, distances };
}

class Walk {
  readonly #bits: BitReader;
  readonly #payloadLength: number;
  readonly #reach: DeflateReach;
  #length = 0;
  #tooFar: TooFar | undefined;

  constructor(payload: Uint8Array, tail: Uint8Array, reach: DeflateReach) {
    this.#bits = new BitReader(payload, tail);
    this.#payloadLength = payload.length;
    this.#reach = reach;
  }

  run(): Walked {
    const sound = this.#blocks();
    return { sound, length: this.#length, ...(this.#tooFar && { tooFar: this.#tooFar }) };
  }

  #blocks(): boolean {
    const bits = this.#bits;
    while (!bits.atEnd) {
      const final = bits.take(1) === 1;
      if (!this.#block(bits.take(2)) || bits.exhausted) return false;
      if (!final) continue;
      bits.align();
      if (bits.position >= this.#payloadLength) return true;
    }
    return true;
  }

  #block(type: number): boolean {
    if (type === 0) return this.#stored();
    const codes = type === 1 ? FIXED : type === 2 ? this.#readCodes() : undefined;
    return codes !== undefined && this.#compressed(codes);
  }

  #stored(): boolean {
    const bits = this.#bits;
    bits.align();
    const length = bits.take(16);
    if ((length ^ bits.take(16)) !== 0xffff) return false;
    bits.skipOctets(length);
    this.#length += length;
    return true;
  }

  #compressed({ literals, distances }: Codes): boolean {
    const bits = this.#bits;
    for (;;) {
      const symbol = readSymbol(bits, literals);
      if (symbol < 0 || symbol > LONGEST || bits.exhausted) return false;
      if (symbol === END_OF_BLOCK) return true;
      if (symbol < END_OF_BLOCK) this.#length += 1;
      else if (!this.#copy(symbol, distances)) return false;
    }
  }

  #copy(symbol: number, distances: HuffmanCode): boolean {
    const bits = this.#bits;
    const length =
      symbol === LONGEST ? LONGEST_LENGTH : readRange(bits, LENGTHS, symbol - FIRST_LENGTH);
    const distance = readSymbol(bits, distances);
    if (distance < 0 || distance >= MAX_DISTANCES) return false;
    if (!this.#reaches(readRange(bits, DISTANCES, distance))) return false;
    this.#length += length;
    return true;
  }

  /** False where the reference goes back before everything. */
  #reaches(distance: number): boolean {
    const { windowSize, history, foreign } = this.#reach;
    const own = this.#length + history;
    if (distance > own + foreign) return false;
    const past = distance > windowSize ? "window" : distance > own ? "context" : undefined;
    if (past) this.#tooFar ??= { past, distance, at: this.#length };
    return true;
  }

  /** Reads the codes of a block that brings its own (RFC 1951, section 3.2.7). */
  #readCodes(): Codes | undefined {
    const bits = this.#bits;
    const literals = bits.take(5) + 257;
    const distances = bits.take(5) + 1;
    if (literals > MAX_LITERALS || distances > MAX_DISTANCES) return undefined;
    const lengths = this.#readLengths(bits.take(4) + 4, literals + distances);
    // Without an end the block would have none.
    if (!lengths || lengths[END_OF_BLOCK] === 0) return undefined;
    return buildCodes(lengths.subarray(0, literals), lengths.subarray(literals));
  }

  #readLengths(given: number, total: number): Uint8Array | undefined {
    const bits = this.#bits;
    const own = new Uint8Array(LENGTH_ORDER.length);
    for (const symbol of LENGTH_ORDER.slice(0, given)) own[symbol] = bits.take(3);
    const code = buildHuffman(own, { mayBeSparse: false });
    if (!code) return undefined;
    const lengths = new Uint8Array(total);
    let at = 0;
    while (at < total && !bits.exhausted) {
      const symbol = readSymbol(bits, code);
      if (symbol < 0 || (symbol === 16 && at === 0)) return undefined;
      const value = symbol < 16 ? symbol : symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
      const run = readRun(bits, symbol);
      if (at + run > total) return undefined;
      lengths.fill(value, at, at + run);
      at += run;
    }
    return at === total ? lengths : undefined;
  }
}

function readRange(bits: BitReader, { base, extra }: Ranges, index: number): number {
  return (base[index] ?? 0) + bits.take(extra[index] ?? 0);
}

/** How often the length that a symbol stands for is given. */
function readRun(bits: BitReader, symbol: number): number {
  switch (symbol) {
    case 16:
      return 3 + bits.take(2);
    case 17:
      return 3 + bits.take(3);
    case 18:
      return 11 + bits.take(7);
    default:
      return 1;
  }
}
