import { Buffer } from "node:buffer";
import { plain, type Style, type Theme } from "./theme.ts";

/** Columns of a line: the offset, two groups of eight bytes, the characters. */
export const HEXDUMP_COLUMNS = 76;
const BYTES_A_LINE = 16;

/** What stands for an octet, as much is dumped that way. */
const PAIRS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));
const CHARACTERS = Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".",
);

/** How wide the offset is, or what stands in its place. */
export const OFFSET_COLUMNS = "00000000  ".length;

/** What the bytes are: the word stands where the first row would tell an offset of 0. */
export interface HexMark {
  readonly word: string;
  readonly style: Style;
}

/** `00000000  89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52  .PNG........IHDR` */
export function hexdump(bytes: Uint8Array, theme: Pick<Theme, "dim">, mark?: HexMark): string[] {
  return hexRows(bytes, theme, mark?.style).map((row, i) => {
    if (mark && i === 0) return mark.style(mark.word.padEnd(OFFSET_COLUMNS)) + row;
    const offset = (i * BYTES_A_LINE).toString(16).padStart(8, "0");
    return `${theme.dim(offset)}  ${row}`;
  });
}

/** A hexdump that does not number its lines. */
export function hexRows(
  bytes: Uint8Array,
  theme: Pick<Theme, "dim">,
  style: Style = plain,
): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const row = bytes.subarray(at, at + BYTES_A_LINE);
    const groups = `${hexPairs(row.subarray(0, 8)).padEnd(23)}  ${hexPairs(row.subarray(8)).padEnd(23)}`;
    rows.push(`${style(groups)}  ${theme.dim(printable(row))}`);
  }
  return rows;
}

/** `89 50 4e 47` */
export function hexPairs(bytes: Uint8Array): string {
  let pairs = "";
  for (const octet of bytes) pairs += ` ${PAIRS[octet] ?? ""}`;
  return pairs.slice(1);
}

/** `89504e47` */
export function hexDigits(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** ASCII characters as they are, a dot for everything else. */
export function printable(bytes: Uint8Array): string {
  let text = "";
  for (const octet of bytes) text += CHARACTERS[octet] ?? "";
  return text;
}
