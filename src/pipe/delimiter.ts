import { usageError } from "../errors.ts";

const ESCAPE = /\\(x[\da-f]{2}|.|$)/gis;
const NAMED: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
  "\\": "\\",
};

/**
 * The bytes of a delimiter as it is typed: text, with `\n \r \t \0 \\` and `\xFF` for any byte.
 * @throws FramecatError (usage) for another escape, and for no bytes at all
 */
export function parseDelimiter(text: string, flag: string): Uint8Array {
  const parts: Buffer[] = [];
  let start = 0;
  for (const { 0: whole, 1: name = "", index } of text.matchAll(ESCAPE)) {
    parts.push(Buffer.from(text.slice(start, index)), escaped(name, flag));
    start = index + whole.length;
  }
  parts.push(Buffer.from(text.slice(start)));
  const bytes = Buffer.concat(parts);
  if (bytes.length === 0) throw usageError(`${flag} needs at least one character`);
  return bytes;
}

function escaped(name: string, flag: string): Buffer {
  if (name.length === 3) return Buffer.from(name.slice(1), "hex");
  const plain = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (plain !== undefined) return Buffer.from(plain);
  throw usageError(`${flag}: \\${name} is no escape`, "Known are \\n \\r \\t \\0 \\\\ and \\xFF.");
}
