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
 * MessagePack, one value or several. Read by ourselves: what a library makes of a length that was
 * only announced may take all memory, it tells not where the bytes stop making sense, and refuses
 * keys that are no strings.
 */
export function decodeMsgpack(payload: Uint8Array): Decoded {
  return readAll(payload, readValue);
}

type Read = (reader: ByteReader, emit: Emit) => void;

/** A reader of lengths in 1, 2 or 4 bytes, then of what has that length. */
function sized(
  size: 1 | 2 | 4,
  read: (reader: ByteReader, length: number, emit: Emit) => void,
): Read {
  return (reader, emit) => read(reader, Number(reader.uint(size)), emit);
}

function extension(length: number): Read {
  return (reader, emit) => readExtension(reader, length, emit);
}

function scalar(read: (reader: ByteReader) => DecodedValue): Read {
  return (reader, emit) => emit(read(reader));
}

/** By first byte, from 0xc0 to 0xdf; 0xc1 is never used. */
const FORMATS: Readonly<Record<number, Read>> = {
  0xc0: scalar(() => wordValue(null)),
  0xc2: scalar(() => wordValue(false)),
  0xc3: scalar(() => wordValue(true)),
  0xc4: sized(1, readBinary),
  0xc5: sized(2, readBinary),
  0xc6: sized(4, readBinary),
  0xc7: sized(1, readExtension),
  0xc8: sized(2, readExtension),
  0xc9: sized(4, readExtension),
  0xca: scalar((reader) => float32Value(reader.float(4))),
  0xcb: scalar((reader) => floatValue(reader.float(8))),
  0xcc: scalar((reader) => wholeValue(reader.uint(1))),
  0xcd: scalar((reader) => wholeValue(reader.uint(2))),
  0xce: scalar((reader) => wholeValue(reader.uint(4))),
  0xcf: scalar((reader) => wholeValue(reader.uint(8))),
  0xd0: scalar((reader) => wholeValue(reader.int(1))),
  0xd1: scalar((reader) => wholeValue(reader.int(2))),
  0xd2: scalar((reader) => wholeValue(reader.int(4))),
  0xd3: scalar((reader) => wholeValue(reader.int(8))),
  0xd4: extension(1),
  0xd5: extension(2),
  0xd6: extension(4),
  0xd7: extension(8),
  0xd8: extension(16),
  0xd9: sized(1, readText),
  0xda: sized(2, readText),
  0xdb: sized(4, readText),
  0xdc: sized(2, readList),
  0xdd: sized(4, readList),
  0xde: sized(2, readMap),
  0xdf: sized(4, readMap),
};

function readValue(reader: ByteReader, emit: Emit): void {
  reader.begin();
  const start = reader.offset;
  const head = reader.uint8();
  if (head < 0x80) return emit(wholeValue(head));
  if (head >= 0xe0) return emit(wholeValue(head - 0x100));
  if (head < 0x90) return readMap(reader, head & 0x0f, emit);
  if (head < 0xa0) return readList(reader, head & 0x0f, emit);
  if (head < 0xc0) return readText(reader, head & 0x1f, emit);
  const read = FORMATS[head];
  if (!read) throw new Stop(start, "no value of MessagePack begins with 0xc1");
  return read(reader, emit);
}

function readText(reader: ByteReader, length: number, emit: Emit): void {
  emit(utf8Value(reader.take(length, "text")));
}

function readBinary(reader: ByteReader, length: number, emit: Emit): void {
  emit({ kind: "bytes", bytes: reader.take(length, "byte string") });
}

function readList(reader: ByteReader, length: number, emit: Emit): void {
  const items: DecodedValue[] = [];
  emit({ kind: "list", items });
  reader.inside(() => {
    for (let i = 0; i < length; i++) readValue(reader, (value) => items.push(value));
  });
}

function readMap(reader: ByteReader, length: number, emit: Emit): void {
  const entries: DecodedEntry[] = [];
  emit({ kind: "map", entries });
  reader.inside(() => {
    for (let i = 0; i < length; i++) readEntry(entries, (give) => readValue(reader, give));
  });
}

const TIMESTAMP = -1n;

function readExtension(reader: ByteReader, length: number, emit: Emit): void {
  const type = reader.int(1);
  const bytes = reader.take(length);
  const note = type === TIMESTAMP ? timestamp(bytes) : undefined;
  const value: DecodedValue = { kind: "bytes", bytes };
  emit({ kind: "tagged", tag: `ext ${type}`, value, ...(note !== undefined && { note }) });
}

/** Seconds in 4 bytes; nanoseconds and seconds in 30 and 34 bits, or in 4 and 8 bytes. */
function timestamp(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return timeNote(view.getUint32(0) * 1000);
  if (bytes.length === 12) {
    return timeNote(Number(view.getBigInt64(4)) * 1000 + Math.floor(view.getUint32(0) / 1e6));
  }
  if (bytes.length !== 8) return undefined;
  const both = view.getBigUint64(0);
  const ms = (both & 0x3ffffffffn) * 1000n + (both >> 34n) / 1_000_000n;
  return timeNote(Number(ms));
}
