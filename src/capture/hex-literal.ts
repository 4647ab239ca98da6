import { Buffer } from "node:buffer";
import type { HexResult } from "./hex.ts";

/**
 * String literals with escapes, as programs print and declare bytes: `b'\x81\x05hello'` of Python,
 * `char frame[] = "\x81\x05" "hello";` of C, `"\201\005hello"` of gdb, `$'\x81'` of a shell, and what
 * Wireshark copies, on several lines. Literals one after the other are one.
 *
 * They must hold an escape by number: without one, what is in quotes may be hex itself.
 */
const DECLARATION = /^[\s\w*[\].=:($-]{0,200}$/;
const BETWEEN = /^(?:[\s\\,+()]|\b(?:b|br|rb|u8|L)\b)*$/i;
const AFTER = /^[\s\\,;)\]}]*$/;
const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|([0-7]{1,3})|\r?\n|(.))/gis;
const NUMBERED = /\\(?:x[\da-f]{2}|[0-7]{1,3}|u00[\da-f]{2})/i;
/** What stands between literals is short. */
const MAX_GAP = 1000;
/** What an escape of one character stands for; all others are for themselves. */
const NAMED: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  e: 0x1b,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
};

/** The bytes of literals; undefined where the text is none. */
export function parseLiteral(text: string): HexResult | undefined {
  const opening = nextQuote(text, 0);
  if (opening > MAX_GAP || !DECLARATION.test(text.slice(0, opening))) return undefined;
  // No escape and no character becomes longer.
  const out: Octets = { bytes: Buffer.allocUnsafe(Buffer.byteLength(text)), length: 0 };
  let numbered = false;
  let end = opening;
  for (let at = opening; at < text.length; at = nextQuote(text, end)) {
    if (at - end > MAX_GAP || !BETWEEN.test(text.slice(end, at))) return undefined;
    const close = closingQuote(text, at);
    if (close === undefined) return undefined;
    const literal = text.slice(at + 1, close);
    numbered ||= NUMBERED.test(literal);
    addLiteral(out, literal);
    end = close + 1;
  }
  if (!numbered || !AFTER.test(text.slice(end))) return undefined;
  return { ok: true, bytes: out.bytes.subarray(0, out.length) };
}

/** Bytes that are written one after the other. */
interface Octets {
  readonly bytes: Buffer;
  length: number;
}

function nextQuote(text: string, from: number): number {
  const pattern = /["']/g;
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** Where the literal ends that begins at `at`; undefined where its line does before. */
function closingQuote(text: string, at: number): number | undefined {
  const quote = text[at];
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === quote) return i;
    if (char === "\n") return undefined;
    if (char === "\\") i += text.startsWith("\r\n", i + 1) ? 2 : 1;
  }
  return undefined;
}

function addLiteral(out: Octets, literal: string): void {
  const add = (text: string): void => void (out.length += out.bytes.write(text, out.length));
  let at = 0;
  for (const escape of literal.matchAll(ESCAPE)) {
    add(literal.slice(at, escape.index));
    const [whole, , , , char = ""] = escape;
    const code = codeOf(escape);
    // JSON and JavaScript print each byte as a character of its own.
    if (code === undefined) add(char);
    else if (code > 0xff) add(String.fromCharCode(code));
    else out.bytes[out.length++] = code;
    at = escape.index + whole.length;
  }
  add(literal.slice(at));
}

/** The octet that an escape stands for, or its UTF-16 code; undefined where it is the character. */
function codeOf([, hex, unicode, octal, char = ""]: RegExpMatchArray): number | undefined {
  const digits = hex ?? unicode;
  if (digits !== undefined) return Number.parseInt(digits, 16);
  return octal === undefined ? NAMED[char] : Number.parseInt(octal, 8) & 0xff;
}
