import { Buffer } from "node:buffer";
import { isValidUtf8 } from "../protocol/utf8.ts";

/**
 * What a payload says, as a tree for people: numbers are digits, so that none is rounded, and a map
 * is a list of pairs, so that a key may be anything, come twice, or be called `__proto__`.
 */
export type DecodedValue = (
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly digits: string }
  /** `true`, `null`, the name of an enum's value. */
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "list"; readonly items: readonly DecodedValue[] }
  | { readonly kind: "map"; readonly entries: readonly DecodedEntry[] }
  /** A value that another one gives a meaning, as `tag 32`. */
  | { readonly kind: "tagged"; readonly tag: string; readonly value: DecodedValue | undefined }
) & {
  /** What else is to be said of it. */
  readonly note?: string;
};

export interface DecodedEntry {
  /** A name of a schema is a string, which is shown as it is; all else is a value. */
  readonly key: DecodedValue | string;
  /** Undefined where the bytes stopped making sense after the key. */
  readonly value: DecodedValue | undefined;
}

/** A payload that was decoded, as far as it fits. */
export interface Decoded {
  /** What was understood; of a value that is cut, its beginning. */
  readonly values: readonly DecodedValue[];
  /** Where the bytes stopped making sense; absent where all of them were understood. */
  readonly stopped?: { readonly offset: number; readonly message: string };
}

export interface Decoder {
  /** As it was asked for: `cbor`, `protobuf chat.Message`. */
  readonly name: string;
  /** Never throws. Undefined for messages of a kind that it is not for. */
  decode(payload: Uint8Array, kind: "text" | "binary"): Decoded | undefined;
}

export function textValue(text: string): DecodedValue {
  return { kind: "text", text };
}

export function wordValue(word: string | boolean | null | undefined): DecodedValue {
  return { kind: "word", word: String(word) };
}

/** A whole number. */
export function wholeValue(value: number | bigint): DecodedValue {
  return { kind: "number", digits: String(value) };
}

/** A floating-point number, which is told from a whole one: `1.0`, `-0.0`, `Infinity`. */
export function floatValue(value: number): DecodedValue {
  const digits = Object.is(value, -0) ? "-0" : String(value);
  return { kind: "number", digits: /^-?\d+$/.test(digits) ? `${digits}.0` : digits };
}

/** One of 32 bits, in the fewest digits that tell it from every other one: `0.1`. */
export function float32Value(value: number): DecodedValue {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    // Negative zero keeps its sign.
    if (Object.is(Math.fround(short), value)) return floatValue(short);
  }
  return floatValue(value);
}

/** Bytes that are meant as text; where they are no UTF-8 they stay bytes. */
export function utf8Value(bytes: Uint8Array): DecodedValue {
  if (!isValidUtf8(bytes)) return { kind: "bytes", bytes, note: "a text, but not UTF-8" };
  return textValue(utf8(bytes));
}

/** Bytes of which nobody knows what they are: text where they look like it. */
export function bytesOrText(bytes: Uint8Array): DecodedValue {
  if (bytes.length === 0 || !isValidUtf8(bytes)) return { kind: "bytes", bytes };
  const text = utf8(bytes);
  // A name in a field of fixed length is filled up with zeros.
  return /^[^\p{Cc}]+\0*$/u.test(text) ? textValue(text) : { kind: "bytes", bytes };
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
