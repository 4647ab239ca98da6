import { Buffer } from "node:buffer";
import type { HexResult } from "./hex.ts";

/** A string literal of Python, C or JavaScript, alone on its own, that escapes at least one byte. */
const LITERAL = /^\s*b?(["'])((?:(?!\1)[^\\\n]|\\.)*)\1[\s;,]*$/;
const ESCAPE = /\\x([\da-f]{2})|\\([\\'"abfnrtv0])/gi;
const NAMED: Readonly<Record<string, number>> = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  "0": 0x00,
  a: 0x07,
  b: 0x08,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
};

/** The bytes of a literal such as `b'\x81\x05hello'`; undefined where the text is none. */
export function parseLiteral(text: string): HexResult | undefined {
  const content = LITERAL.exec(text)?.[2];
  if (content === undefined || !/\\x[\da-f]{2}/i.test(content)) return undefined;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const escape of content.matchAll(ESCAPE)) {
    pieces.push(Buffer.from(content.slice(at, escape.index), "utf8"), octet(escape));
    at = escape.index + escape[0].length;
  }
  pieces.push(Buffer.from(content.slice(at), "utf8"));
  return { ok: true, bytes: Buffer.concat(pieces) };
}

function octet([, hex, name = ""]: RegExpExecArray | RegExpMatchArray): Buffer {
  return hex === undefined ? Buffer.of(NAMED[name] ?? 0) : Buffer.from(hex, "hex");
}
