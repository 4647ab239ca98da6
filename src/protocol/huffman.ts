import type { BitReader } from "./bit-reader.ts";

/** Longest code of DEFLATE in bits (RFC 1951, section 3.2.7). */
const MAX_BITS = 15;
/** Codes of up to so many bits, which are most, are found by one look into a table. */
const FAST_BITS = 9;

/** A Huffman code by the lengths of its codes (RFC 1951, section 3.2.2). */
export interface HuffmanCode {
  /** How many codes there are of each length. */
  readonly counts: Uint16Array;
  /** The symbols in the order of their codes. */
  readonly symbols: Uint16Array;
  /** By the next bits: the symbol above the four bits of its length; 0 where the code is longer. */
  readonly fast: Uint16Array;
}

/**
 * Builds the code in which symbol n has `lengths[n]` bits, or none where that is 0. Like zlib it
 * refuses lengths that no code can have, and codes that leave bits without a meaning, unless they
 * have one symbol or none and `mayBeSparse` is set.
 */
export function buildHuffman(
  lengths: Uint8Array,
  { mayBeSparse }: { mayBeSparse: boolean },
): HuffmanCode | undefined {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const longest = counts.findLastIndex((count) => count > 0);
  const free = freeCodes(counts);
  if (free < 0 || (free > 0 && longest > 0 && !(mayBeSparse && longest === 1))) return undefined;
  const symbols = orderSymbols(lengths, counts);
  return { counts, symbols, fast: fastTable(counts, symbols) };
}

/** Codes of the greatest length that are left over; negative where there are too many. */
function freeCodes(counts: Uint16Array): number {
  let free = 1;
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    free = free * 2 - (counts[bits] ?? 0);
    if (free < 0) return free;
  }
  return free;
}

function orderSymbols(lengths: Uint8Array, counts: Uint16Array): Uint16Array {
  const next = new Uint16Array(MAX_BITS + 2);
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    next[bits + 1] = (next[bits] ?? 0) + (counts[bits] ?? 0);
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const at = next[length] ?? 0;
    symbols[at] = symbol;
    next[length] = at + 1;
  });
  return symbols;
}

function fastTable(counts: Uint16Array, symbols: Uint16Array): Uint16Array {
  const fast = new Uint16Array(1 << FAST_BITS);
  let code = 0;
  let index = 0;
  for (let bits = 1; bits <= FAST_BITS; bits++) {
    for (let left = counts[bits] ?? 0; left > 0; left--) {
      const entry = ((symbols[index++] ?? 0) << 4) | bits;
      // Codes stand with their highest bit first, everything else with its lowest.
      const step = 1 << bits;
      for (let at = reverse(code++, bits); at < fast.length; at += step) fast[at] = entry;
    }
    code <<= 1;
  }
  return fast;
}

function reverse(code: number, bits: number): number {
  let reversed = 0;
  for (let at = 0; at < bits; at++) reversed |= ((code >>> at) & 1) << (bits - 1 - at);
  return reversed;
}

/** Takes the next symbol; -1 where the bits are no code. */
export function readSymbol(reader: BitReader, code: HuffmanCode): number {
  const entry = code.fast[reader.peek(FAST_BITS)] ?? 0;
  if (entry === 0) return readLongSymbol(reader, code);
  reader.skip(entry & 15);
  return entry >>> 4;
}

/** Codes of one length are consecutive numbers, and begin where those of the length before end. */
function readLongSymbol(reader: BitReader, { counts, symbols }: HuffmanCode): number {
  const bits = reader.peek(MAX_BITS);
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    code = (code << 1) | ((bits >>> (length - 1)) & 1);
    const count = counts[length] ?? 0;
    if (code - first < count) {
      reader.skip(length);
      return symbols[index + code - first] ?? -1;
    }
    index += count;
    first = (first + count) << 1;
  }
  return -1;
}
