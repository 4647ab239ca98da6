import { Buffer } from "node:buffer";
import { type ByteReader, type Emit, readAll, readEntry, Stop } from "./byte-reader.ts";
import {
  type Decoded,
  type DecodedEntry,
  type DecodedValue,
  float32Value,
  floatValue,
  utf8Value,
  wholeValue,
  wordValue,
} from "./decoded.ts";
import { timeNote } from "./time-note.ts";

/**
 * CBOR (RFC 8949), one value or a sequence of them (RFC 8742). Read by ourselves, because no library
 * tells where the bytes stop making sense or what was read until then, nor keeps a key that comes
 * twice.
 */
export function decodeCbor(payload: Uint8Array): Decoded {
  return readAll(payload, readValue);
}

/** The length or value in the head of an item; undefined where it is indefinite. */
type Argument = bigint | undefined;

const INDEFINITE = 31;
const BREAK = 0xff;
const SIMPLE: Readonly<Record<number, DecodedValue>> = {
  20: wordValue(false),
  21: wordValue(true),
  22: wordValue(null),
  23: wordValue(undefined),
};

function readValue(reader: ByteReader, emit: Emit): void {
  reader.begin();
  const start = reader.offset;
  const head = reader.uint8();
  const [major, info] = [head >>> 5, head & 0x1f];
  if (major === 7) return emit(readSimple(reader, info, start));
  const argument = readArgument(reader, info, start);
  switch (major) {
    case 0:
      return emit(wholeValue(definite(argument, start)));
    case 1:
      return emit(wholeValue(-1n - definite(argument, start)));
    case 2:
      return emit({ kind: "bytes", bytes: readString(reader, argument, 2, "byte string") });
    case 3:
      return emit(utf8Value(readString(reader, argument, 3, "text")));
    case 4:
      return readList(reader, argument, emit);
    case 5:
      return readMap(reader, argument, emit);
    default:
      return readTagged(reader, definite(argument, start), emit);
  }
}

function readArgument(reader: ByteReader, info: number, start: number): Argument {
  if (info < 24) return BigInt(info);
  if (info === 24) return reader.uint(1);
  if (info === 25) return reader.uint(2);
  if (info === 26) return reader.uint(4);
  if (info === 27) return reader.uint(8);
  if (info === INDEFINITE) return undefined;
  throw new Stop(start, `no item of CBOR begins with ${hexOf(reader, start)}`);
}

function definite(argument: Argument, start: number): bigint {
  if (argument !== undefined) return argument;
  throw new Stop(start, "such an item cannot have an indefinite length");
}

function readSimple(reader: ByteReader, info: number, start: number): DecodedValue {
  if (info === 25) return floatValue(reader.float(2));
  if (info === 26) return float32Value(reader.float(4));
  if (info === 27) return floatValue(reader.float(8));
  if (info === INDEFINITE) throw new Stop(start, "a break, and nothing indefinite is open");
  const value = Number(definite(readArgument(reader, info, start), start));
  if (info === 24 && value < 32) throw new Stop(start, `simple value ${value} in two bytes`);
  return SIMPLE[value] ?? wordValue(`simple(${value})`);
}

/** The bytes of a string; one of indefinite length is made of definite ones of its kind. */
function readString(reader: ByteReader, length: Argument, major: number, what: string): Uint8Array {
  if (length !== undefined) return reader.take(length, what);
  const chunks: Uint8Array[] = [];
  while (!atBreak(reader)) {
    reader.begin();
    const start = reader.offset;
    const head = reader.uint8();
    if (head >>> 5 !== major) throw new Stop(start, `a part of a ${what} was to follow`);
    chunks.push(reader.take(definite(readArgument(reader, head & 0x1f, start), start), what));
  }
  return Buffer.concat(chunks);
}

function readList(reader: ByteReader, length: Argument, emit: Emit): void {
  const items: DecodedValue[] = [];
  emit({ kind: "list", items });
  repeat(reader, length, () => readValue(reader, (value) => items.push(value)));
}

function readMap(reader: ByteReader, length: Argument, emit: Emit): void {
  const entries: DecodedEntry[] = [];
  emit({ kind: "map", entries });
  repeat(reader, length, () => readEntry(entries, (give) => readValue(reader, give)));
}

/** So many times, or until a break. */
function repeat(reader: ByteReader, times: Argument, read: () => void): void {
  reader.inside(() => {
    for (let i = 0n; times === undefined ? !atBreak(reader) : i < times; i++) read();
  });
}

/** Passes over a break where one follows. */
function atBreak(reader: ByteReader): boolean {
  if (reader.left === 0 || reader.bytes[reader.offset] !== BREAK) return false;
  reader.skip(1);
  return true;
}

/** Longer ones take long to be written in digits, and nobody reads them. */
const MAX_BIGNUM_BYTES = 256;

/** A tag and what it is about; the few that are often met are said in words (section 3.4). */
function readTagged(reader: ByteReader, tag: bigint, emit: Emit): void {
  const node: { kind: "tagged"; tag: string; value: DecodedValue | undefined; note?: string } = {
    kind: "tagged",
    tag: `tag ${tag}`,
    value: undefined,
  };
  emit(node);
  reader.inside(() => readValue(reader, (value) => (node.value = value)));
  const note = node.value && meaning(tag, node.value);
  if (note !== undefined) node.note = note;
}

function meaning(tag: bigint, value: DecodedValue): string | undefined {
  if (tag === 1n && value.kind === "number") return timeNote(Number(value.digits) * 1000);
  if (value.kind !== "bytes" || value.bytes.length > MAX_BIGNUM_BYTES) return undefined;
  const hex = Buffer.from(value.bytes).toString("hex");
  if (tag === 2n) return String(BigInt(`0x${hex || "0"}`));
  if (tag === 3n) return String(-1n - BigInt(`0x${hex || "0"}`));
  const uuid = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(hex);
  return tag === 37n && uuid ? uuid.slice(1).join("-") : undefined;
}

function hexOf({ bytes }: ByteReader, at: number): string {
  return `0x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
}
