import { Buffer } from "node:buffer";
import type { HexError, HexResult } from "./hex.ts";

/**
 * Dumps: lines of an offset, bytes, and perhaps the same bytes as characters.
 *
 * 1. The first line tells the style: `00000000: 8107` (xxd, tcpdump), `00000000  81 07` (hexdump -C,
 *    Wireshark, our own), `0000000 81 07` (od -t x1) or `0000000 0781` (hexdump, od -x: words of
 *    16 bits, the low octet first).
 * 2. Bytes end at `|` or `>` or at a gap of two spaces; the gap after eight bytes is none.
 * 3. Every offset must follow the line before. It is hex, or octal or decimal as od writes it; at 0
 *    a new dump begins.
 * 4. `*` repeats the line before up to the next offset. An offset alone ends the dump.
 */
interface DumpLine {
  readonly offset: string;
  readonly bytes: Buffer;
}

interface Dump {
  readonly pieces: Buffer[];
  /** Bytes of the dump under way, which its offsets count. */
  length: number;
  /** A `*` waits for the offset that ends it. */
  repeating: boolean;
}

const OFFSET = /^\s*(?:0x)?([\da-f]{4,16})(?=:?(?:\s|$))/i;
const COLON = /^\s*(?:0x)?[\da-f]{4,16}:\s+[\da-f]{2}/i;
const GAP = /^\s*[\da-f]{4,16} {2,}[\da-f]{2}(?: |$)/i;
const ZEROS = /^\s*0{4,16} {2,}[\da-f]{2}(?: |$)/i;
/** Seven digits are no bytes, so they are an offset; six only where a second one follows. */
const OD = /^\s*0{7} +(?:[\da-f]{2}|[\da-f]{4})(?: |$)/i;
const OD_HEX = /^\s*0{6} +[\da-f]{2} [^\n]*\n\s*0000[12]0(?: |$)/i;
const WORDS = /^\s*0{7} +[\da-f]{4}(?: |$)/i;
/** A `*` may stand for very much: more than this is no dump of frames. */
const MAX_BYTES = 256 * 1024 * 1024;

/** True where the first lines have offsets. */
export function looksLikeDump(lines: readonly string[]): boolean {
  const [first = "", second = ""] = lines.filter((line) => line.trim() !== "");
  if (COLON.test(first) || ZEROS.test(first) || OD.test(first)) return true;
  if (OD_HEX.test(`${first}\n${second}`)) return true;
  return GAP.test(first) && (first.includes("|") || GAP.test(second));
}

/** The bytes of a dump, or the line where it stops being one. */
export function parseDump(lines: readonly string[]): HexResult {
  const dump: Dump = { pieces: [], length: 0, repeating: false };
  const first = lines.findIndex((line) => line.trim() !== "");
  const words = WORDS.test(lines[first] ?? "");
  for (const [i, line] of lines.entries()) {
    const error = line.trim() === "" ? undefined : addLine(dump, line, words, i === first);
    if (error) return { ok: false, error: { line: i + 1, ...error } };
  }
  if (dump.repeating) {
    const message = "after * an offset must tell how far it goes";
    return { ok: false, error: { line: lines.length, column: 1, message } };
  }
  return { ok: true, bytes: Buffer.concat(dump.pieces) };
}

type LineError = Omit<HexError, "line">;

function addLine(
  dump: Dump,
  line: string,
  words: boolean,
  isFirst: boolean,
): LineError | undefined {
  if (line.trim() === "*") {
    dump.repeating = true;
    return dump.pieces.length > 0 ? undefined : { column: 1, message: "* has no line to repeat" };
  }
  const parsed = parseLine(line, words);
  if ("message" in parsed) return parsed;
  const { offset, bytes } = parsed;
  // The first offset may be any: what is pasted may be the middle of a dump.
  if (isFirst) dump.length = Number.parseInt(offset, 16);
  const wrong = moveTo(dump, offset, bytes.length === 0);
  if (wrong !== undefined) return { column: line.search(/\S/) + 1, message: wrong };
  dump.pieces.push(bytes);
  dump.length += bytes.length;
  return undefined;
}

/** Checks an offset against the bytes so far, and fills in what `*` left out. */
function moveTo(dump: Dump, offset: string, isEnd: boolean): string | undefined {
  const places = readings(offset);
  if (dump.repeating) return repeatTo(dump, offset, places);
  if (places.includes(dump.length)) return undefined;
  if (places.includes(0)) {
    dump.length = 0;
    return undefined;
  }
  // hexdump pads the last word with an octet that its final offset does not count.
  const last = dump.pieces.at(-1);
  if (isEnd && last && places.includes(dump.length - 1)) {
    dump.pieces[dump.pieces.length - 1] = last.subarray(0, -1);
    return undefined;
  }
  return `offset ${offset} does not follow ${dump.length.toString(16).padStart(offset.length, "0")}`;
}

/** An offset in hex, in octal and in decimal, as far as its digits allow. */
function readings(offset: string): number[] {
  const radixes = /^[0-7]+$/.test(offset) ? [16, 8, 10] : /^\d+$/.test(offset) ? [16, 10] : [16];
  return radixes.map((radix) => Number.parseInt(offset, radix));
}

function repeatTo(dump: Dump, offset: string, places: readonly number[]): string | undefined {
  const row = dump.pieces.at(-1) ?? Buffer.alloc(0);
  const count = places
    .map((place) => (place - dump.length) / row.length)
    .find((rows) => Number.isInteger(rows) && rows >= 1);
  if (count === undefined) return `offset ${offset} is not a whole number of lines after *`;
  if (count * row.length > MAX_BYTES) return `* stands for more than ${MAX_BYTES} bytes`;
  dump.pieces.push(Buffer.alloc(count * row.length, row));
  dump.length += count * row.length;
  dump.repeating = false;
  return undefined;
}

function parseLine(line: string, words: boolean): DumpLine | LineError {
  const match = OFFSET.exec(line);
  if (!match) return { column: line.search(/\S/) + 1, message: "the line has no offset" };
  const colon = line[match[0].length] === ":";
  const start = match[0].length + (colon ? 1 : 0);
  const digits = readDigits(line, start, colon);
  if (typeof digits !== "string") return digits;
  const bytes = Buffer.from(digits, "hex");
  if (words && bytes.length % 2 !== 0)
    return { column: start + 1, message: "a word lacks an octet" };
  return { offset: match[1] ?? "", bytes: words ? bytes.swap16() : bytes };
}

/** The digits of a line, up to where its characters begin. */
function readDigits(line: string, start: number, colon: boolean): string | LineError {
  let digits = "";
  let at = start + (/^\s*/.exec(line.slice(start))?.[0].length ?? 0);
  while (at < line.length && !/[|>]/.test(line[at] ?? "")) {
    const token = /^[\da-f]+(?=[\s|>]|$)/i.exec(line.slice(at))?.[0] ?? "";
    if (token === "" || token.length % 2 !== 0)
      return { column: at + 1, message: notPairs(line, at) };
    digits += token;
    at += token.length;
    const gap = /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    if (gap > 1 && (colon || gap > 2 || digits.length !== 16)) break;
    at += gap;
  }
  return digits;
}

function notPairs(line: string, at: number): string {
  const word = /^\S{1,20}/.exec(line.slice(at))?.[0] ?? "";
  return `${JSON.stringify(word)} is not pairs of hex digits`;
}
