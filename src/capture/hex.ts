import { looksLikeDump, parseDump } from "./hex-dump.ts";
import { parseLiteral } from "./hex-literal.ts";
import { parseTokens } from "./hex-tokens.ts";

/**
 * Bytes from hex as people paste it.
 *
 * 1. A dump (`xxd`, `hexdump -C`, `od`, Wireshark, our own) has offsets in front and perhaps
 *    characters behind. Both go; the offsets are checked, so that a missing line is noticed, and
 *    `*` stands for the lines that hexdump left out.
 * 2. Anything else is pairs of hex digits in any clothing: `81 05`, `8105`, `0x81, 0x05`,
 *    `\x81\x05`, `81:05`, C arrays, `<Buffer 81 05>`, with comments and newlines anywhere.
 * 3. A string literal with escapes, as Python prints bytes: `b'\x81\x05hello'`.
 */
export type HexResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly error: HexError };

/** Where the text stops being hex, and why: both counted from 1. */
export interface HexError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The bytes that the text tells. */
export function parseHex(text: string): HexResult {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  const literal = parseLiteral(plain);
  if (literal) return literal;
  const lines = plain.split(/\r\n|\r|\n/);
  return looksLikeDump(lines) ? parseDump(lines) : parseTokens(lines.join("\n"));
}
