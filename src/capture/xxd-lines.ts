import { Buffer } from "node:buffer";
import type { HexError } from "./hex.ts";

/**
 * Lines of `xxd -e` and `xxd -b` as plain xxd prints them.
 *
 * 1. `xxd -e` turns the octets of each group around, and `xxd -b` prints bits; but neither says so.
 *    The characters behind tell it, because they always are in the order of the file.
 * 2. Readings are dropped line by line until one is left. What fits none of them has characters
 *    that xxd does not print, and stays as it is; so do a few octets that could be either.
 * 3. Without characters, groups of eight digits that are all 0 or 1 are bits.
 */
export type XxdLines =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly error: HexError };

/** How a group of digits becomes bytes. */
interface Reading {
  readonly group: RegExp;
  readonly bytesOf: (group: string) => Buffer;
  /** What a line says that it does not fit. */
  readonly name: string;
}

const PLAIN: Reading = {
  group: /(?:(?<=:) )? ((?:[\da-f]{2})+)(?= |$)/iy,
  bytesOf: (group) => Buffer.from(group, "hex"),
  name: "xxd",
};
const SWAPPED: Reading = {
  group: / +((?:[\da-f]{2})+)(?= |$)/iy,
  bytesOf: (group) => Buffer.from(Buffer.from(group, "hex").toReversed()),
  name: "xxd -e",
};
const BITS: Reading = {
  group: / ([01]{8})(?= |$)/y,
  bytesOf: (group) => Buffer.of(Number.parseInt(group, 2)),
  name: "xxd -b",
};

const OFFSET = /^\s*(?:0x)?[\da-f]{4,16}:(?= )/i;

/** The lines, each with its bytes in pairs of hex digits, or the one that does not fit the others. */
export function plainLines(lines: readonly string[]): XxdLines {
  const reading = readingOf(lines);
  if (reading === PLAIN) return { ok: true, lines };
  const plain: string[] = [];
  for (const [i, line] of lines.entries()) {
    const offset = OFFSET.exec(line)?.[0];
    const bytes = offset === undefined ? undefined : bytesOf(line, offset.length, reading);
    if (offset !== undefined && !bytes) return { ok: false, error: stray(offset, i, reading) };
    plain.push(bytes ? `${offset} ${bytes.toString("hex")}` : line);
  }
  return { ok: true, lines: plain };
}

/**
 * Groups with one space between, and dots alone: xxd prints that of all octets without characters, in
 * their order or turned around. Nothing of it decides, and there may be millions of such lines.
 */
const DOTS = /^[^ ]+ (?:[\da-f]+ )+ \.+$/i;

function readingOf(lines: readonly string[]): Reading {
  let left = [BITS, PLAIN, SWAPPED];
  for (const line of lines) {
    if (!left.includes(BITS) && DOTS.test(line)) continue;
    const offset = OFFSET.exec(line)?.[0].length;
    if (offset === undefined) continue;
    left = left.filter((reading) => bytesOf(line, offset, reading));
    if (left.length <= 1) break;
  }
  return left[0] ?? PLAIN;
}

/** The bytes of a line whose characters they are; undefined where they differ. */
function bytesOf(line: string, start: number, reading: Reading): Buffer | undefined {
  const pattern = new RegExp(reading.group);
  pattern.lastIndex = start;
  const groups: Buffer[] = [];
  // Characters may look like one more group: so all beginnings are tried that a gap ends.
  for (let found = pattern.exec(line); found; found = pattern.exec(line)) {
    groups.push(reading.bytesOf(found[1] ?? ""));
    const at = pattern.lastIndex;
    if (at < line.length && !line.startsWith("  ", at)) continue;
    const rest = line.slice(at).trim();
    const bytes = Buffer.concat(groups);
    if (rest === "" && reading !== SWAPPED) return bytes;
    if (rest === characters(bytes).trim()) return bytes;
  }
  return undefined;
}

/** As xxd prints them. */
function characters(bytes: Buffer): string {
  return bytes.toString("latin1").replace(/[^\x20-\x7e]/g, ".");
}

function stray(offset: string, index: number, { name }: Reading): HexError {
  const message = `the characters are not those of the bytes, as in the lines of ${name} before`;
  return { line: index + 1, column: offset.length + 1, message };
}
