import { Buffer } from "node:buffer";
import type { HexResult } from "./hex.ts";

/**
 * Hex without offsets: a run of digits, escapes and separators, read from left to right.
 *
 * What is no byte is blanked out first, so that every position stays where it was: comments, the
 * command after a shell's `$ `, in a C array all that is outside of the braces, and around the bytes
 * of a Buffer or an ArrayBuffer what Node prints.
 */
const SEPARATOR = /[\s,;:"'`[\](){}-]+/y;
const PREFIXED = /0x([\da-f]+)/iy;
const ESCAPED = /\\x([\da-f]{2})/iy;
const DIGITS = /[\da-f]+/iy;
const LEFT_OUT = /\.\.\. \d+ more bytes?/y;

export function parseTokens(text: string): HexResult {
  if (/^[\da-f\s]*$/i.test(text)) return parseDigits(text);
  const source = blankDeclarations(blankInspected(blankComments(text)));
  const bytes = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length;) {
    const skipped = match(SEPARATOR, source, at);
    if (skipped) {
      at += skipped[0].length;
      continue;
    }
    const token = nextToken(source, at);
    if (!token) return fail(text, at, notHex(source, at));
    if (token.digits.length % 2 !== 0) return fail(text, at, oddDigits(token.digits));
    length += bytes.write(token.digits, length, "hex");
    at += token.length;
  }
  return { ok: true, bytes: bytes.subarray(0, length) };
}

/** Digits and blanks alone: lines may have been broken within a byte. */
function parseDigits(text: string): HexResult {
  const bytes = Buffer.alloc(text.length >>> 1);
  let length = 0;
  let high: number | undefined;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = digitAt(text, at);
    if (digit === undefined) {
      const joins = text[at] === "\n" && digitAt(text, at + 1) !== undefined;
      if (high === undefined) start = at + 1;
      else if (!joins)
        return fail(text, start, oddDigits(text.slice(start, at).replaceAll("\n", "")));
    } else if (high === undefined) {
      high = digit;
    } else {
      bytes[length++] = high * 16 + digit;
      high = undefined;
    }
  }
  return { ok: true, bytes: bytes.subarray(0, length) };
}

function digitAt(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}

interface Token {
  readonly digits: string;
  /** Of the token in the text, prefix included. */
  readonly length: number;
}

function nextToken(source: string, at: number): Token | undefined {
  const escaped = match(ESCAPED, source, at);
  if (escaped) return { digits: escaped[1] ?? "", length: escaped[0].length };
  const prefixed = match(PREFIXED, source, at);
  if (prefixed) {
    const digits = prefixed[1] ?? "";
    // 0x5 is how a program writes the byte 05.
    return { digits: digits.length === 1 ? `0${digits}` : digits, length: prefixed[0].length };
  }
  const bare = match(DIGITS, source, at);
  return bare ? { digits: bare[0], length: bare[0].length } : undefined;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const COMMENT = /\/\*|\/\/.*|(?<=^|\s)#.*|^[ \t]*\$ .*/gm;
const INSPECTED = /<Buffer\s|ArrayBuffer \{\s*\[Uint8Contents\]: <|>(?:,\s*byteLength: \d+\s*\})?/g;

function blankComments(text: string): string {
  return blank(text, comments(text));
}

/** Where comments are. One that nobody closes is none, and is told as what is not hex. */
function* comments(text: string): Generator<Span> {
  const pattern = new RegExp(COMMENT);
  let close = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const start = found.index;
    let end = pattern.lastIndex;
    if (found[0] === "/*") {
      if (close !== -1 && close < end) close = text.indexOf("*/", end);
      if (close === -1) continue;
      end = close + 2;
      pattern.lastIndex = end;
    }
    yield { start, end };
  }
}

/** Keeps what Node prints between `<` and `>`, as in `ArrayBuffer { [Uint8Contents]: <81 05>, … }`. */
function blankInspected(text: string): string {
  return blank(text, matches(text, INSPECTED));
}

/** Keeps what is between braces, where there are any. */
function blankDeclarations(text: string): string {
  if (!/\{[^{}]*\}/.test(text)) return text;
  return blank(text, matches(text, /(?<=^|\})[^{}]*(?=\{|$)/g));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function* matches(text: string, pattern: RegExp): Generator<Span> {
  for (const { 0: found, index } of text.matchAll(pattern)) {
    yield { start: index, end: index + found.length };
  }
}

/** Blanks in place of the spans, newlines kept. In a buffer, because there may be millions of them. */
function blank(text: string, spans: Iterable<Span>): string {
  let units: Buffer | undefined;
  for (const { start, end } of spans) {
    if (start === end) continue;
    units ??= Buffer.from(text, "utf16le");
    for (let at = start; at < end; at++) {
      if (text.charCodeAt(at) !== NEWLINE) units.writeUInt16LE(SPACE, at * 2);
    }
  }
  return units?.toString("utf16le") ?? text;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;

function notHex(source: string, at: number): string {
  const left = match(LEFT_OUT, source, at)?.[0];
  if (left !== undefined) return `${JSON.stringify(left)} were left out when this was printed`;
  const word = /^[^\s,;]{1,20}/.exec(source.slice(at, at + 20))?.[0] ?? "";
  return `${JSON.stringify(word)} is not hex`;
}

function oddDigits(digits: string): string {
  const shown = digits.length > 20 ? `${digits.slice(0, 20)}…` : digits;
  const count = digits.length === 1 ? "one digit" : `${digits.length} digits`;
  return `${JSON.stringify(shown)} has ${count}, but a byte has two`;
}

function fail(text: string, at: number, message: string): HexResult {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { ok: false, error: { line, column: at - before.lastIndexOf("\n"), message } };
}
