import { Buffer } from "node:buffer";
import type { Theme } from "./theme.ts";

/** Columns of a line: the offset, two groups of eight bytes, the characters. */
export const HEXDUMP_COLUMNS = 76;
const BYTES_A_LINE = 16;

/** `00000000  89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52  .PNG........IHDR` */
export function hexdump(bytes: Uint8Array, theme: Pick<Theme, "dim">): string[] {
  return hexRows(bytes, theme).map((row, i) => {
    const offset = (i * BYTES_A_LINE).toString(16).padStart(8, "0");
    return `${theme.dim(offset)}  ${row}`;
  });
}

/** A hexdump that does not number its lines. */
export function hexRows(bytes: Uint8Array, theme: Pick<Theme, "dim">): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const row = bytes.subarray(at, at + BYTES_A_LINE);
    const groups = `${hexPairs(row.subarray(0, 8)).padEnd(23)}  ${hexPairs(row.subarray(8)).padEnd(23)}`;
    rows.push(`${groups}  ${theme.dim(printable(row))}`);
  }
  return rows;
}

/** `89 50 4e 47` */
export function hexPairs(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
}

/** `89504e47` */
export function hexDigits(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** ASCII characters as they are, a dot for everything else. */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".",
  ).join("");
}
