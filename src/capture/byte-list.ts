import { Buffer } from "node:buffer";
import type { HexResult } from "./hex.ts";

/**
 * Bytes as numbers in decimal, as programs print their arrays: `Uint8Array(7) [ 129, 5, … ]`,
 * `{"type":"Buffer","data":[129,5]}`, `Buffer.from([129, 5])`, `[129 5]` of Go, `[-127, 5]` of Java.
 *
 * `[81, 05]` may be hex as well. It is decimal where a word before it names such an array, or where
 * a number has one or three digits or a sign.
 */
const NAMED = /(?:Int8|Uint8|Uint8Clamped)Array|Buffer|\bbytes?\b|bytearray|"data"/;
const OPENING = /^[\s\w.,:="'()*<>{-]{0,200}\[(?=[\s\d-])/;
const CLOSING = /\][\s)}\];,]{0,20}$/;
const ITEM = /[^\s,]+/g;
const LEFT_OUT = /^\.\.\.\s+\d+\s+more\s+items?/;

/** The bytes of such a list; undefined where the text is none. */
export function parseByteList(text: string): HexResult | undefined {
  const opening = OPENING.exec(text)?.[0];
  if (opening === undefined) return undefined;
  const closing = CLOSING.exec(text.slice(Math.max(opening.length, text.length - 24)))?.[0];
  if (closing === undefined) return undefined;
  const end = text.length - closing.length;
  const content = text.slice(opening.length, end);
  // A member of some JSON is no list of bytes.
  const isAlone = !/["{]/.test(opening) && isDecimal(content);
  if (!(NAMED.test(opening) || isAlone) || /0x/i.test(content)) return undefined;
  return parseItems(text, opening.length, content);
}

function isDecimal(content: string): boolean {
  return /^[\s\d,-]*$/.test(content) && /(?<![\d-])(?:\d|-\d{1,3}|\d{3})(?!\d)/.test(content);
}

function parseItems(text: string, start: number, content: string): HexResult {
  const bytes = Buffer.allocUnsafe(content.length);
  let length = 0;
  for (const { 0: item, index } of content.matchAll(ITEM)) {
    const value = /^-?\d{1,3}$/.test(item) ? Number(item) : Number.NaN;
    if (!(value >= -128 && value <= 255)) return fail(text, start + index);
    bytes[length++] = value & 0xff;
  }
  return { ok: true, bytes: bytes.subarray(0, length) };
}

function fail(text: string, at: number): HexResult {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const rest = text.slice(at, at + 60);
  const left = LEFT_OUT.exec(rest)?.[0];
  const item = /^[^\s,]{0,20}/.exec(rest)?.[0] ?? "";
  const message =
    left === undefined
      ? `${JSON.stringify(item)} is no byte in decimal`
      : `${JSON.stringify(left)} were left out when this was printed`;
  return { ok: false, error: { line, column: at - before.lastIndexOf("\n"), message } };
}
