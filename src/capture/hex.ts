import { parseBitList } from "./bit-list.ts";
import { parseByteList } from "./byte-list.ts";
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
 * 3. String literals with escapes, as Python prints bytes: `b'\x81\x05hello'`, and as C declares them.
 * 4. Lists of numbers in decimal, as programs print byte arrays, and octets in bits.
 */
export type HexResult =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      /** The same bytes by who sent them, where the text tells that. */
      readonly runs?: readonly Run[];
    }
  | { readonly ok: false; readonly error: HexError };

/** Bytes that one side of a conversation sent before the other went on. */
export interface Run {
  readonly side: 0 | 1;
  readonly bytes: Uint8Array;
}

/** Where the text stops being hex, and why: both counted from 1. */
export interface HexError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The bytes that the text tells. */
export function parseHex(text: string): HexResult {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  const known = parseLiteral(plain) ?? parseByteList(plain) ?? parseBitList(plain);
  if (known) return known;
  const lines = splitLines(plain);
  return looksLikeDump(lines) ? parseDump(lines) : parseTokens(lines.join("\n"));
}

export function splitLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}
