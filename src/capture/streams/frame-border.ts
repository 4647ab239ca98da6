import { mayTravel } from "../../protocol/close-codes.ts";
import { headerLength, MAX_CONTROL_PAYLOAD } from "../../protocol/frame.ts";
import { isControl, Opcode } from "../../protocol/opcodes.ts";
import { Utf8Validator } from "../../protocol/utf8.ts";
import type { OctetRarity } from "./octet-rarity.ts";

/**
 * How certain it is that a frame begins at some place among bytes of which the beginning is missing.
 *
 * 1. From there on frame after frame is followed, as the lengths tell. What no endpoint sends rules
 *    the place out. Each thing that arbitrary bytes would seldom have is evidence, in bits: each bit
 *    halves the chance that it only looks so.
 * 2. Packets mostly begin and end with a frame. So where a packet ends is evidence, too.
 * 3. Bytes that repeat themselves, such as runs of zeros, can be taken for frames without end: they
 *    are no evidence. Nor is a header whose first octet is frequent there anyway.
 */
export interface BorderTerms {
  /** The side that sent the bytes masks them. */
  readonly masked: boolean;
  /** RSV1 may be set: permessage-deflate was agreed on, or nobody knows. */
  readonly compressed: boolean;
  /** What it tells that a frame ends where a packet does. Default 8, as for packets of usual size. */
  readonly packetBits?: number;
  /** Of the octets among which the border is; by default they are any. */
  readonly rarity?: Pick<OctetRarity, "bits">;
}

/** Frames that are followed from one place. */
const MAX_FRAMES = 24;
/** Of an octet that may be any; but first octets of real frames are spread over some. */
const OCTET_BITS = 8;
const SPREAD_BITS = 3;
const PIECE_BORDER_BITS = 8;
/** The octets before a length of 64 bits are mostly zero: so many at least. */
const LONG_FORM_ZEROS = 3;
/** Codes of the RFC are few; those of libraries and applications are one in 32. */
const CLOSE_CODE_BITS = 10;
const PRIVATE_CODE_BITS = 5;
const FIRST_PRIVATE_CODE = 3000;
/** Text is looked at so far, with a bit for each octet up to some. */
const TEXT_SAMPLE = 64;
const MAX_TEXT_BITS = 8;
/** Header and beginning of the payload: where they are the same in two frames, bytes repeat. */
const REPEATED_OCTETS = 12;
/** So many such frames are followed; with less evidence than this by then, no more will help. */
const MAX_REPEATS = 5;
const HOPELESS = 12;
/** No frame of the field is longer. */
const MAX_LENGTH = 2 ** 32;
/** Opcodes that have a meaning: 0, 1, 2, 8, 9, 10. */
const OPCODES = 0b0111_0000_0111;

/**
 * Evidence in bits that a frame begins at `from`; -1 where none can.
 * @param until only frames that begin before this place are evidence
 */
export function borderEvidence(
  bytes: Uint8Array,
  from: number,
  terms: BorderTerms,
  isPieceBorder: (at: number) => boolean,
  until = Number.POSITIVE_INFINITY,
): number {
  let evidence = 0;
  let inMessage: boolean | undefined;
  let closed = false;
  let at = from;
  // Zeros are empty fragments without an end; other fillings may be frames as well.
  if (bytes[from] === 0 && bytes[from + 1] === 0) return -1;
  if (isFirstOctet(bytes[from] ?? 0, terms.compressed, undefined) && isFilling(bytes, from))
    return -1;
  const headers: Header[] = [];
  let repeated = 0;
  for (let frames = 0, before = -1; frames < MAX_FRAMES && at < bytes.length; frames++) {
    const first = bytes[at] ?? 0;
    if (closed || !isFirstOctet(first, terms.compressed, inMessage)) return -1;
    const size = headerSize(bytes, at, terms.masked);
    if (size === -1) return -1;
    if (at + size > bytes.length) break;
    const length = payloadLength(bytes, at);
    if (length === -1) return -1;
    const payload = at + size;
    if (before !== -1 && repeats(bytes, before, at)) {
      repeated += 1;
      if (repeated === MAX_REPEATS) break;
    } else {
      const bits = contentBits(bytes, { first, payload, length, masked: terms.masked });
      if (bits === -1) return -1;
      if (at < until) evidence += bits;
      headers.push({ at, first, length });
    }
    if (!isControl(first & 0x0f)) inMessage = first < 0x80;
    closed = (first & 0x0f) === Opcode.close;
    before = at;
    at = payload + length;
    if (at <= bytes.length && isPieceBorder(at)) evidence += terms.packetBits ?? PIECE_BORDER_BITS;
  }
  for (const header of headers)
    if (header.at < until) evidence += headerBits(header, headers, terms.rarity);
  return repeated === MAX_REPEATS && evidence < HOPELESS ? -1 : evidence;
}

/** Where the frame at `at` ends; undefined where that is not known. */
export function frameEnd(bytes: Uint8Array, at: number, masked: boolean): number | undefined {
  const size = headerSize(bytes, at, masked);
  if (size === -1 || at + size > bytes.length) return undefined;
  const length = payloadLength(bytes, at);
  return length === -1 ? undefined : at + size + length;
}

function isFirstOctet(first: number, compressed: boolean, inMessage: boolean | undefined): boolean {
  const opcode = first & 0x0f;
  if ((first & 0x30) !== 0 || ((OPCODES >> opcode) & 1) === 0) return false;
  const rsv1 = (first & 0x40) !== 0;
  if (isControl(opcode)) return first >= 0x80 && !rsv1;
  if (opcode === Opcode.continuation) return !rsv1 && inMessage !== false;
  return (compressed || !rsv1) && inMessage !== true;
}

/** Length of the header at `at`, as far as that is known; -1 where the mask bit is wrong. */
function headerSize(bytes: Uint8Array, at: number, masked: boolean): number {
  const second = bytes[at + 1];
  if (second === undefined) return 2;
  if (second >= 0x80 !== masked) return -1;
  const short = second & 0x7f;
  return headerLength(short < 126 ? 7 : short === 126 ? 16 : 64, masked);
}

/** -1 where it is not told in the fewest octets, or is too long. */
function payloadLength(bytes: Uint8Array, at: number): number {
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  if (short < 126) return short;
  if (isControl((bytes[at] ?? 0) & 0x0f)) return -1;
  let length = 0;
  for (let i = 0; i < (short === 126 ? 2 : 8); i++)
    length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const least = short === 126 ? MAX_CONTROL_PAYLOAD + 1 : 65_536;
  return length < least || length > MAX_LENGTH ? -1 : length;
}

interface Header {
  readonly at: number;
  readonly first: number;
  readonly length: number;
}

/** Evidence from a header: how rarely arbitrary bytes are taken for one, besides those of `headers`. */
function headerBits(
  { at, first, length }: Header,
  headers: readonly Header[],
  rarity: BorderTerms["rarity"],
): number {
  const own = headers.reduce((count, other) => count + (other.first === first ? 1 : 0), 0);
  const rare = rarity?.bits(first, at, own) ?? OCTET_BITS;
  const spread = (first & 0x40) === 0 ? SPREAD_BITS : SPREAD_BITS + 1;
  const bits = Math.min(OCTET_BITS, Math.max(spread, rare)) - spread;
  if (length < 65_536) return bits;
  const zeros = LONG_FORM_ZEROS * (rarity?.bits(0, at, LONG_FORM_ZEROS) ?? OCTET_BITS);
  return bits + Math.min(LONG_FORM_ZEROS * OCTET_BITS, zeros);
}

interface Content {
  readonly first: number;
  /** Where the payload begins. */
  readonly payload: number;
  readonly length: number;
  readonly masked: boolean;
}

/** Evidence from what follows a header; -1 where no endpoint sends it. */
function contentBits(bytes: Uint8Array, content: Content): number {
  const { first, length } = content;
  const compressed = (first & 0x40) !== 0;
  // Nothing compresses to nothing (RFC 7692, section 7.2.3.6).
  if (compressed) return length === 0 && first >= 0x80 ? -1 : 0;
  const opcode = first & 0x0f;
  if (opcode === Opcode.close && length > 0) {
    return length === 1 ? -1 : closeBits(sample(bytes, content));
  }
  return opcode === Opcode.text ? textBits(sample(bytes, content)) : 0;
}

/** The beginning of the payload, unmasked. */
function sample(bytes: Uint8Array, { payload, length, masked }: Content): Uint8Array {
  const found = bytes.slice(payload, payload + Math.min(length, TEXT_SAMPLE));
  if (masked) {
    for (let i = 0; i < found.length; i++) {
      found[i] = (found[i] ?? 0) ^ (bytes[payload - 4 + (i & 3)] ?? 0);
    }
  }
  return found;
}

/** -1 where the reason is no UTF-8. */
function closeBits(payload: Uint8Array): number {
  const [high, low] = payload;
  if (high === undefined || low === undefined) return 0;
  if (!new Utf8Validator().push(payload.subarray(2))) return -1;
  const code = (high << 8) | low;
  if (!mayTravel(code)) return 0;
  return code < FIRST_PRIVATE_CODE ? CLOSE_CODE_BITS : PRIVATE_CODE_BITS;
}

/** -1 where it is no UTF-8; nothing where it holds control characters, as text seldom does. */
function textBits(text: Uint8Array): number {
  if (!new Utf8Validator().push(text)) return -1;
  return text.some(isControlCharacter) ? 0 : Math.min(text.length, MAX_TEXT_BITS);
}

function isControlCharacter(octet: number): boolean {
  return octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d;
}

/** Whether the same one, two or four octets come over and over. */
function isFilling(bytes: Uint8Array, from: number): boolean {
  return from + 4 + REPEATED_OCTETS <= bytes.length && repeats(bytes, from, from + 4);
}

/** Whether the frames begin alike, so far that one of them tells no more than the other. */
function repeats(bytes: Uint8Array, before: number, at: number): boolean {
  for (let i = 0; i < REPEATED_OCTETS; i++) {
    if (bytes[before + i] !== bytes[at + i]) return false;
  }
  return true;
}
