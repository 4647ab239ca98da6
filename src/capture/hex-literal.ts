import { Buffer } from "node:buffer";
import type { HexResult } from "./hex.ts";

const OPENING = /^\s*b?(["'])/;
const ESCAPE = /\\x([\da-f]{2})|\\([\\'"abfnrtv0])/gi;
/** What an escape of one character stands for. */
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
  const content = contentOf(text);
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

/**
 * What stands between the quotes of a literal that is alone. It is cut out step by step, because
 * one pattern for all of it would need a stack as deep as the text is long.
 */
function contentOf(text: string): string | undefined {
  const opening = OPENING.exec(text);
  if (!opening) return undefined;
  let end = text.length;
  while (end > 0 && /[\s;,]/.test(text[end - 1] ?? "")) end -= 1;
  const quote = opening[1] ?? "";
  const content = text.slice(opening[0].length, end - 1);
  const bare = content.replace(/\\./g, "");
  const closed = end > opening[0].length && text[end - 1] === quote;
  return closed && ![quote, "\\", "\n"].some((char) => bare.includes(char)) ? content : undefined;
}
