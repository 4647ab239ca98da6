import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";

/**
 * The load generator's own messages: ten decimal digits that number the message, then the alphabet
 * over and over, begun at the letter `number mod 26`. Every byte follows from number and length.
 *
 * So one changed byte never makes another valid message. Changed letters do not fit the digits. And
 * a changed digit changes the number by d · 10^k with 1 ≤ |d| ≤ 9, which 13 does not divide, nor
 * does 26: the alphabet would have to begin at another letter.
 */
const DIGITS = 10;

/** The number and one letter, without which a changed digit would not show. */
export const MIN_NUMBERED_LENGTH = DIGITS + 1;

/** Numbers begin anew from here on. */
export const NUMBER_LIMIT = 10 ** DIGITS;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
/** A multiple of the alphabet, so that every chunk of a long payload begins at the same letter. */
const CHUNK = LETTERS.length * 2520;
const ALPHABET = Buffer.alloc(CHUNK + LETTERS.length, LETTERS);

const ZERO = 0x30;
const HALF = 100_000;

/** The message of that number: ASCII, so the same as text and as binary. @throws FramecatError (usage) */
export function numberedPayload(number: number, length: number): Buffer {
  const payload = Buffer.allocUnsafe(length);
  writeNumbered(payload, 0, number, length);
  return payload;
}

/**
 * Writes the message of that number into `target`, at `start`.
 * @throws FramecatError (usage) where the length is below `MIN_NUMBERED_LENGTH`
 */
export function writeNumbered(target: Buffer, start: number, number: number, length: number): void {
  if (length < MIN_NUMBERED_LENGTH) throw tooShort(length);
  const wrapped = number % NUMBER_LIMIT;
  const high = Math.floor(wrapped / HALF);
  writeDigits(target, start, high);
  writeDigits(target, start + DIGITS / 2, wrapped - high * HALF);
  const first = wrapped % LETTERS.length;
  const end = start + length;
  for (let at = start + DIGITS; at < end; at += CHUNK) {
    ALPHABET.copy(target, at, first, first + Math.min(CHUNK, end - at));
  }
}

/**
 * The number of a message, where every byte of it is as `numberedPayload` makes it.
 * @param length what it must have, where that is known
 */
export function checkNumbered(payload: Uint8Array, length = payload.length): number | undefined {
  if (payload.length !== length || length < MIN_NUMBERED_LENGTH) return undefined;
  const number = readDigits(payload);
  if (number === undefined) return undefined;
  const first = number % LETTERS.length;
  for (let at = DIGITS; at < length; at += CHUNK) {
    const end = Math.min(at + CHUNK, length);
    if (ALPHABET.compare(payload, at, end, first, first + end - at) !== 0) return undefined;
  }
  return number;
}

/** Five digits. */
function writeDigits(target: Buffer, start: number, value: number): void {
  let rest = value;
  for (let at = start + DIGITS / 2 - 1; at >= start; at--) {
    const next = (rest / 10) | 0;
    target[at] = ZERO + rest - next * 10;
    rest = next;
  }
}

function readDigits(payload: Uint8Array): number | undefined {
  let number = 0;
  for (let at = 0; at < DIGITS; at++) {
    const digit = (payload[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

function tooShort(length: number): Error {
  return usageError(`a numbered message has at least ${MIN_NUMBERED_LENGTH} bytes, not ${length}`);
}
