import { Buffer } from "node:buffer";
import type { HexError, HexResult } from "./hex.ts";

/**
 * Bytes from base64 as people paste it (RFC 4648): the usual alphabet and the one for URLs, with and
 * without padding, wrapped at any column, several items one below the other, in quotes, and as
 * `data:` URLs.
 *
 * Padding ends an item. A line without it goes on in the next one, which makes no difference where
 * it has whole groups of four. Lines that begin with `#` are comments; `//` is base64.
 */
export function parseBase64(text: string): HexResult {
  const bytes = Buffer.allocUnsafe(Math.ceil(text.length / 4) * 3);
  let length = 0;
  let pending: Word = { digits: "", line: 1, column: 1, padded: false };
  const decode = (digits: string): void => void (length += bytes.write(digits, length, "base64"));
  for (const word of words(text)) {
    if ("message" in word) return { ok: false, error: word };
    const begun = pending.digits === "" ? word : pending;
    const digits = pending.digits + word.digits;
    if (digits === "") return { ok: false, error: loosePadding(word) };
    if (word.padded && digits.length % 4 === 1) return { ok: false, error: cutGroup(begun) };
    const whole = word.padded ? digits.length : digits.length & ~3;
    decode(digits.slice(0, whole));
    pending = { ...begun, digits: digits.slice(whole) };
  }
  if (pending.digits.length === 1) return { ok: false, error: cutGroup(pending) };
  decode(pending.digits);
  return { ok: true, bytes: bytes.subarray(0, length) };
}

/**
 * Whether a text that is no hex is meant as base64: lines without blanks in them, with padding or
 * with a first octet that a frame begins with. Digits of hex alone are hex with a mistake.
 */
export function looksLikeBase64(text: string): boolean {
  const plain = text
    .replace(/^[ \t]*#.*$/gm, "")
    .trim()
    .replace(/^["'`]|["'`,;]{1,4}$/g, "");
  if (/^data:/i.test(plain)) return true;
  if (/^[\da-f\s]*$/i.test(plain) || !/^[\w+/=\-\r\n]+$/.test(plain)) return false;
  const result = parseBase64(plain);
  const [first] = result.ok ? result.bytes : [];
  return first !== undefined && (plain.endsWith("=") || beginsFrame(first));
}

const KNOWN_OPCODES: ReadonlySet<number> = new Set([0, 1, 2, 8, 9, 10]);

function beginsFrame(octet: number): boolean {
  return (octet & 0x30) === 0 && KNOWN_OPCODES.has(octet & 0x0f);
}

/** What lies between blanks, quotes and padding. */
interface Word {
  readonly digits: string;
  readonly line: number;
  readonly column: number;
  /** Padding ends it. */
  readonly padded: boolean;
}

const LINE = /[^\r\n]*/y;
const LINE_END = /\r\n|\r|\n/y;
const SEPARATOR = /["'`,;\s]*/y;
const DATA_URL = /data:[^,\s]{0,200},/iy;
const DIGITS = /[\w+/-]*/y;
const PADDING = /=*/y;

/** One after the other, so that memory does not grow by their number. */
function* words(text: string): Generator<Word | HexError> {
  const start = text.startsWith("\ufeff") ? 1 : 0;
  for (let at = start, line = 1; at < text.length; line++) {
    const content = match(LINE, text, at);
    if (!/^\s*#/.test(content)) yield* wordsOf(content, line);
    at += content.length;
    at += match(LINE_END, text, at).length;
  }
}

function* wordsOf(content: string, line: number): Generator<Word | HexError> {
  let at = match(SEPARATOR, content, 0).length;
  while (at < content.length) {
    const url = match(DATA_URL, content, at);
    const column = at + 1;
    if (url !== "" && !/;base64,$/i.test(url)) {
      yield { line, column, message: "a data: URL without ;base64" };
      return;
    }
    at += url.length;
    const digits = match(DIGITS, content, at);
    const padding = match(PADDING, content, at + digits.length);
    if (digits === "" && padding === "") {
      yield { line, column: at + 1, message: notBase64(content, at) };
      return;
    }
    yield { digits, line, column, padded: padding !== "" };
    at += digits.length + padding.length;
    at += match(SEPARATOR, content, at).length;
  }
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** One character has six bits, which are no byte. */
function cutGroup({ line, column }: Word): HexError {
  return {
    line,
    column,
    message: "the base64 from here on lacks a character, or has one too many",
  };
}

function loosePadding({ line, column }: Word): HexError {
  return { line, column, message: "padding has no base64 before it that needs it" };
}

function notBase64(content: string, at: number): string {
  const word = /^\S{0,20}/.exec(content.slice(at, at + 20))?.[0] ?? "";
  return `${JSON.stringify(word)} is not base64`;
}
