import { Buffer } from "node:buffer";
import type { HexError, HexResult, Run } from "./hex.ts";
import { plainLines } from "./xxd-lines.ts";

/**
 * Dumps: lines of an offset, bytes, and perhaps the same bytes as characters.
 *
 * 1. The first line tells the style: `00000000: 8107` (xxd, tcpdump), `00000000  81 07` (hexdump -C,
 *    Wireshark, our own), `0000000 81 07` (od -t x1) or `0000000 0781` (hexdump, od -x: words of
 *    16 bits, or more with od -t x4, the low octet first).
 * 2. Bytes end at `|` or `>` or at a gap of two spaces; the gap after eight bytes is none.
 * 3. Every offset must follow the line before. Those of od may be octal or decimal, and those of xxd
 *    decimal: whichever follow. At 0 a new dump begins.
 * 4. `*` repeats the line before up to the next offset. An offset alone ends the dump.
 * 5. Lines of a comment (`#`, `//`) and of a shell's prompt (`$ xxd file`) are none of the dump,
 *    nor are the heads of tshark.
 * 6. Wireshark's "Follow TCP Stream" indents what the server sent. Each side has offsets of its own.
 */
interface DumpLine {
  readonly offset: string;
  readonly bytes: Buffer;
}

/** Bytes of a line, counted from 0. */
interface Piece {
  readonly line: number;
  readonly bytes: Buffer;
}

interface Dump {
  /** Octets of a word, the low one first; 1 where octets are in order. */
  readonly wordLength: number;
  readonly radix: number;
  readonly pieces: Piece[];
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
const OD = /^\s*0{7} +(?:[\da-f]{2}|[\da-f]{4}|[\da-f]{8}|[\da-f]{16})(?: |$)/i;
const OD_HEX = /^\s*0{6} +[\da-f]{2} [^\n]*\n\s*(?:0000[12]0(?: |$)|0000[\da-f]{2}\s*$)/i;
const WORDS = /^\s*0{7} +([\da-f]{4}|[\da-f]{8}|[\da-f]{16})(?: |$)/i;
const NO_BYTES = /^\s*(?:$|#|\/\/|\$ |={8,}$|(?:Follow|Filter|Node \d): )/;
const START = /^(\s*)(?:0x)?0{4,16}(?=:?\s)/i;
const EMPTY = Buffer.alloc(0);
/** A `*` may stand for very much: more than this is no dump of frames. */
const MAX_BYTES = 256 * 1024 * 1024;

/** True where the first lines have offsets. */
export function looksLikeDump(lines: readonly string[]): boolean {
  const [first = "", second = ""] = firstLines(lines, 2);
  if (COLON.test(first) || ZEROS.test(first) || OD.test(first)) return true;
  if (OD_HEX.test(`${first}\n${second}`)) return true;
  return GAP.test(first) && (first.includes("|") || GAP.test(second));
}

/** The bytes of a dump, or the line where it stops being one. */
export function parseDump(printed: readonly string[]): HexResult {
  const plain = plainLines(printed);
  if (!plain.ok) return plain;
  const { lines } = plain;
  const [first = ""] = firstLines(lines, 1);
  const indent = serversIndent(lines);
  if (indent !== undefined) return parseSides(lines, first, indent);
  const [likely, ...others] = radixes(first).map((radix) => parseWith(lines, first, radix));
  const parsed = others.find(({ ok }) => ok && !likely?.ok) ?? likely;
  if (!parsed?.ok) return parsed ?? { ok: true, bytes: EMPTY };
  return { ok: true, bytes: Buffer.concat(parsed.pieces.map(({ bytes }) => bytes)) };
}

function firstLines(lines: readonly string[], count: number): string[] {
  const found: string[] = [];
  for (const line of lines) {
    if (found.length === count) break;
    if (!NO_BYTES.test(line)) found.push(line);
  }
  return found;
}

/** How far the lines of the server are indented; undefined where all are of one side. */
function serversIndent(lines: readonly string[]): number | undefined {
  const indents = new Set<number>();
  for (const line of lines) {
    const indent = START.exec(line)?.[1]?.length;
    if (indent !== undefined) indents.add(indent);
  }
  return indents.size === 2 ? Math.max(...indents) : undefined;
}

/** Both sides of a conversation, each with the lines of the other left blank. */
function parseSides(lines: readonly string[], first: string, indent: number): HexResult {
  const isServers = (line: string): boolean => line.search(/\S/) >= indent;
  const client = parseWith(blankWhere(lines, isServers), first, 16);
  if (!client.ok) return client;
  const server = parseWith(
    blankWhere(lines, (line) => !isServers(line)),
    first,
    16,
  );
  if (!server.ok) return server;
  const runs = [
    ...client.pieces.map((piece) => ({ ...piece, side: 0 as const })),
    ...server.pieces.map((piece) => ({ ...piece, side: 1 as const })),
  ].toSorted((a, b) => a.line - b.line);
  return { ok: true, bytes: Buffer.concat(runs.map(({ bytes }) => bytes)), runs: joined(runs) };
}

function blankWhere(lines: readonly string[], test: (line: string) => boolean): string[] {
  return lines.map((line) => (test(line) ? "" : line));
}

/** Lines of one side that follow each other are one run. */
function joined(runs: readonly Run[]): Run[] {
  const groups: { side: 0 | 1; pieces: Uint8Array[] }[] = [];
  for (const { side, bytes } of runs) {
    const last = groups.at(-1);
    if (last?.side === side) last.pieces.push(bytes);
    else groups.push({ side, pieces: [bytes] });
  }
  return groups.map(({ side, pieces }) => ({ side, bytes: Buffer.concat(pieces) }));
}

/** Seven digits may be hexdump's, od's own octal, or od's decimal; xxd -d has decimal ones. */
function radixes(first: string): readonly [number, ...number[]] {
  if (COLON.test(first)) return [16, 10];
  if (WORDS.test(first)) return [16, 8, 10];
  return OD.test(first) ? [8, 16, 10] : [16];
}

type Parsed =
  | { readonly ok: true; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly error: HexError };

function parseWith(lines: readonly string[], first: string, radix: number): Parsed {
  const start = Number.parseInt(OFFSET.exec(first)?.[1] ?? "0", radix);
  // What is pasted may be the middle of a dump.
  const dump: Dump = {
    wordLength: (WORDS.exec(first)?.[1]?.length ?? 2) / 2,
    radix,
    pieces: [],
    length: start,
    repeating: false,
  };
  for (const [i, line] of lines.entries()) {
    const error = NO_BYTES.test(line) ? undefined : addLine(dump, line, i);
    if (error) return { ok: false, error: { line: i + 1, ...error } };
  }
  if (dump.repeating) {
    const message = "after * an offset must tell how far it goes";
    return { ok: false, error: { line: lines.length, column: 1, message } };
  }
  return { ok: true, pieces: dump.pieces };
}

type LineError = Omit<HexError, "line">;

function addLine(dump: Dump, line: string, number: number): LineError | undefined {
  if (line.trim() === "*") {
    dump.repeating = true;
    return dump.pieces.length > 0 ? undefined : { column: 1, message: "* has no line to repeat" };
  }
  const parsed = parseLine(line, dump.wordLength);
  if ("message" in parsed) return parsed;
  const wrong = moveTo(dump, parsed, number);
  if (wrong !== undefined) return { column: line.search(/\S/) + 1, message: wrong };
  dump.pieces.push({ line: number, bytes: parsed.bytes });
  dump.length += parsed.bytes.length;
  return undefined;
}

/** Checks an offset against the bytes so far, and fills in what `*` left out. */
function moveTo(dump: Dump, { offset, bytes }: DumpLine, line: number): string | undefined {
  const place = Number.parseInt(offset, dump.radix);
  if (dump.repeating) return repeatTo(dump, offset, place, line);
  if (place === 0) dump.length = 0;
  if (place === dump.length) return undefined;
  // The last word is padded with octets that the final offset does not count.
  const last = dump.pieces.at(-1);
  const padding = dump.length - place;
  if (bytes.length === 0 && last && padding > 0 && padding < dump.wordLength) {
    dump.pieces[dump.pieces.length - 1] = { ...last, bytes: last.bytes.subarray(0, -padding) };
    dump.length = place;
    return undefined;
  }
  const due = dump.length.toString(dump.radix).padStart(offset.length, "0");
  return `offset ${offset} does not follow; ${due} would`;
}

function repeatTo(dump: Dump, offset: string, place: number, line: number): string | undefined {
  const row = dump.pieces.at(-1)?.bytes ?? EMPTY;
  const missing = place - dump.length;
  if (!(missing >= row.length && missing % row.length === 0)) {
    return `offset ${offset} is not a whole number of lines after *`;
  }
  if (missing > MAX_BYTES) return `* stands for more than ${MAX_BYTES} bytes`;
  dump.pieces.push({ line, bytes: Buffer.alloc(missing, row) });
  dump.length += missing;
  dump.repeating = false;
  return undefined;
}

function parseLine(line: string, wordLength: number): DumpLine | LineError {
  const match = OFFSET.exec(line);
  if (!match) return { column: line.search(/\S/) + 1, message: "the line has no offset" };
  const colon = line[match[0].length] === ":";
  const start = match[0].length + (colon ? 1 : 0);
  // The characters behind words, if any, are in brackets.
  const maxGap = wordLength > 1 ? Number.POSITIVE_INFINITY : colon ? 1 : 2;
  const digits = readDigits(line, start, maxGap);
  if (typeof digits !== "string") return digits;
  const bytes = Buffer.from(digits, "hex");
  if (bytes.length % wordLength !== 0)
    return { column: start + 1, message: "a word lacks an octet" };
  return { offset: match[1] ?? "", bytes: inOrder(bytes, wordLength) };
}

function inOrder(bytes: Buffer, wordLength: number): Buffer {
  switch (wordLength) {
    case 2:
      return bytes.swap16();
    case 4:
      return bytes.swap32();
    case 8:
      return bytes.swap64();
    default:
      return bytes;
  }
}

/** The digits of a line, up to where its characters begin: a gap of two is also after eight bytes. */
function readDigits(line: string, start: number, maxGap: number): string | LineError {
  let digits = "";
  let at = start + (/^\s*/.exec(line.slice(start))?.[0].length ?? 0);
  while (at < line.length && !/[|>]/.test(line[at] ?? "")) {
    const token = /^[\da-f]+(?=[\s|>]|$)/i.exec(line.slice(at))?.[0] ?? "";
    if (token === "" || token.length % 2 !== 0)
      return { column: at + 1, message: notPairs(line, at) };
    digits += token;
    at += token.length;
    const gap = /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    if (gap > maxGap || (gap === 2 && maxGap === 2 && digits.length !== 16)) break;
    at += gap;
  }
  return digits;
}

function notPairs(line: string, at: number): string {
  const word = /^\S{1,20}/.exec(line.slice(at))?.[0] ?? "";
  return `${JSON.stringify(word)} is not pairs of hex digits`;
}
