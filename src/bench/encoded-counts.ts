import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import type { SparseCounts } from "./recorder.ts";

/**
 * Reads the counts of a histogram as `encodeHistogram` writes it, HdrHistogram's compressed form V2:
 *
 * 1. Base64 of a cookie, the length of the rest, and the rest, which zlib compressed.
 * 2. In there another cookie, the length of the counts, 4 bytes that mean nothing, the digits, the
 *    lowest and the highest value, and 8 bytes that mean nothing. All numbers are big-endian.
 * 3. Then the count of each bucket in turn as a zigzag number of 7 bits a byte, the lowest ones first,
 *    in which the ninth byte has 8 bits. A negative number stands for so many buckets without any.
 *
 * hdr-histogram-js believes all that it is told: a damaged text may keep it busy for years, and a
 * small one fill the memory. Here nothing is larger than a histogram of ours can be.
 */
const COMPRESSED_COOKIE = 0x1c849304;
const COOKIE = 0x1c849303;
/** The size of words, which this form does not use. */
const COOKIE_MASK = ~0xf0;
const HEADER_BYTES = 40;
const DIGITS = 3;
const LOWEST = 1n;
const HIGHEST = 2n ** 42n - 1n;
const BUCKETS = 33 * 1024;
const MAX_COUNT_BYTES = 9;
const MAX_BYTES = HEADER_BYTES + BUCKETS * MAX_COUNT_BYTES;

/**
 * Buckets and their counts, in the order of the buckets.
 * @throws Error telling in a few words what is wrong with the text
 */
export function decodeCounts(encoded: string): SparseCounts {
  const bytes = inflated(encoded);
  checkHeader(bytes);
  return readCounts(bytes.subarray(HEADER_BYTES));
}

function inflated(encoded: string): Buffer {
  const data = Buffer.from(encoded, "base64");
  if (data.length < 8 || (data.readInt32BE(0) & COOKIE_MASK) !== COMPRESSED_COOKIE) {
    throw new Error("no compressed HdrHistogram V2");
  }
  if (data.readUInt32BE(4) !== data.length - 8) throw new Error("not its whole length");
  try {
    return inflateSync(data.subarray(8), { maxOutputLength: MAX_BYTES });
  } catch {
    throw new Error("what zlib compressed in it is damaged");
  }
}

function checkHeader(bytes: Buffer): void {
  if (bytes.length < HEADER_BYTES || (bytes.readInt32BE(0) & COOKIE_MASK) !== COOKIE) {
    throw new Error("no HdrHistogram V2");
  }
  if (bytes.readUInt32BE(4) !== bytes.length - HEADER_BYTES) {
    throw new Error("not its whole length");
  }
  const [lowest, highest] = [bytes.readBigInt64BE(16), bytes.readBigInt64BE(24)];
  if (bytes.readInt32BE(12) !== DIGITS || lowest !== LOWEST || highest !== HIGHEST) {
    throw new Error("its buckets are not those of framecat");
  }
}

function readCounts(bytes: Buffer): SparseCounts {
  const counts: number[] = [];
  let bucket = 0;
  for (let at = 0; at < bytes.length;) {
    const { value, next } = readZigzag(bytes, at);
    if (value > 0) counts.push(bucket, value);
    bucket += value < 0 ? -value : 1;
    if (bucket > BUCKETS) throw new Error("it has too many buckets");
    at = next;
  }
  return counts;
}

function readZigzag(bytes: Buffer, from: number): { readonly value: number; next: number } {
  let value = 0;
  let scale = 1;
  let at = from;
  for (let more = true; more; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error("it ends within a number");
    const last = at - from === MAX_COUNT_BYTES - 1;
    value += (last ? byte : byte & 0x7f) * scale;
    scale *= 2 ** 7;
    more = byte >= 0x80 && !last;
  }
  if (!Number.isSafeInteger(value)) throw new Error("a count is too large");
  return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, next: at };
}
