import type { Enum, Field, Type } from "protobufjs";
import { type ByteReader, type Emit, readAll, Stop } from "./byte-reader.ts";
import {
  bytesOrText,
  type Decoded,
  type DecodedEntry,
  type DecodedValue,
  float32Value,
  floatValue,
  utf8Value,
  wholeValue,
  wordValue,
} from "./decoded.ts";

/**
 * Protocol Buffers by a schema. The schema is protobufjs's; the bytes are read by ourselves, because
 * people want to see the fields in the order in which they came, those that the schema does not know,
 * and where the bytes stop making sense.
 */
export function decodeProtobuf(payload: Uint8Array, type: Type): Decoded {
  return readAll(payload, (reader, emit) => {
    readMessage(reader, fieldsOf(type), emit, () => reader.left === 0);
  });
}

const Wire = { varint: 0, fixed64: 1, bytes: 2, group: 3, groupEnd: 4, fixed32: 5 } as const;
const WIRE_NAMES = ["varint", "64 bits", "length-delimited", "group", "end of group", "32 bits"];
const MAX_FIELD = 2 ** 29 - 1;
const MAX_VARINT_BYTES = 10;

interface Tag {
  readonly id: number;
  readonly wire: number;
  readonly offset: number;
}

type Scalar = readonly [wire: number, read: (reader: ByteReader) => DecodedValue];

/** How a value is written, by the name of its type. */
const SCALARS: Readonly<Record<string, Scalar>> = {
  int32: [Wire.varint, (reader) => wholeValue(BigInt.asIntN(32, readVarint(reader)))],
  int64: [Wire.varint, (reader) => wholeValue(BigInt.asIntN(64, readVarint(reader)))],
  uint32: [Wire.varint, (reader) => wholeValue(BigInt.asUintN(32, readVarint(reader)))],
  uint64: [Wire.varint, (reader) => wholeValue(readVarint(reader))],
  sint32: [Wire.varint, (reader) => wholeValue(zigzag(BigInt.asUintN(32, readVarint(reader))))],
  sint64: [Wire.varint, (reader) => wholeValue(zigzag(readVarint(reader)))],
  bool: [Wire.varint, (reader) => wordValue(readVarint(reader) !== 0n)],
  fixed32: [Wire.fixed32, (reader) => wholeValue(reader.uint(4, true))],
  sfixed32: [Wire.fixed32, (reader) => wholeValue(reader.int(4, true))],
  float: [Wire.fixed32, (reader) => float32Value(reader.float(4, true))],
  fixed64: [Wire.fixed64, (reader) => wholeValue(reader.uint(8, true))],
  sfixed64: [Wire.fixed64, (reader) => wholeValue(reader.int(8, true))],
  double: [Wire.fixed64, (reader) => floatValue(reader.float(8, true))],
  string: [Wire.bytes, (reader) => utf8Value(reader.take(readVarint(reader), "text"))],
  bytes: [
    Wire.bytes,
    (reader) => ({ kind: "bytes", bytes: reader.take(readVarint(reader), "byte string") }),
  ],
};

/** What is to be known of a field. */
type FieldShape = Pick<Field, "name" | "type" | "resolvedType"> & {
  readonly repeated?: boolean;
  /** The type of the keys where it is a map. */
  readonly keyType?: string;
};
type FindField = (id: number) => FieldShape | undefined;

function fieldsOf(type: Type): FindField {
  return (id) => type.fieldsById[id];
}

/** An entry of a map is a message of two fields. */
function entryOf({ type, resolvedType }: FieldShape, keyType: string): FindField {
  const key: FieldShape = { name: "key", type: keyType, resolvedType: null };
  const value: FieldShape = { name: "value", type, resolvedType };
  return (id) => (id === 1 ? key : id === 2 ? value : undefined);
}

function readMessage(reader: ByteReader, find: FindField, emit: Emit, atEnd: () => boolean): void {
  const entries: DecodedEntry[] = [];
  emit({ kind: "map", entries });
  while (!atEnd()) {
    reader.begin();
    const tag = readTag(reader);
    const at = entries.length;
    const field = find(tag.id);
    const give = (key: string) => (value: DecodedValue) => (entries[at] = { key, value });
    if (field && readKnown(reader, field, tag, give(field.name))) continue;
    readUnknown(reader, tag, give(unknownKey(tag, field)));
  }
}

function unknownKey({ id, wire }: Tag, field: FieldShape | undefined): string {
  const name = field ? `not ${field.name}, which is ${field.type}: ` : "unknown, ";
  return `${id} (${name}${WIRE_NAMES[wire] ?? ""})`;
}

function readTag(reader: ByteReader): Tag {
  const offset = reader.offset;
  const tag = readVarint(reader);
  const [id, wire] = [tag >> 3n, Number(tag & 7n)];
  if (id === 0n || id > MAX_FIELD) throw new Stop(offset, `no field has the number ${id}`);
  if (wire > Wire.fixed32)
    throw new Stop(offset, `field ${id} is of wire type ${wire}, which is none`);
  return { id: Number(id), wire, offset };
}

/** False where the field is not written as its type asks for; nothing is read then. */
function readKnown(reader: ByteReader, field: FieldShape, tag: Tag, emit: Emit): boolean {
  const { resolvedType, keyType, type, repeated } = field;
  if (keyType !== undefined) return readNested(reader, entryOf(field, keyType), tag, emit);
  if (resolvedType && "fieldsById" in resolvedType) {
    return readNested(reader, fieldsOf(resolvedType), tag, emit);
  }
  const scalar = resolvedType ? enumScalar(resolvedType) : SCALARS[type];
  if (!scalar) return false;
  const [wire, read] = scalar;
  if (tag.wire === wire) emit(read(reader));
  // Whether numbers are packed is for the writer to decide.
  else if (repeated && tag.wire === Wire.bytes) readPacked(reader, read, emit);
  else return false;
  return true;
}

function readNested(reader: ByteReader, find: FindField, tag: Tag, emit: Emit): boolean {
  if (tag.wire === Wire.group) {
    readGroup(reader, find, tag, emit);
    return true;
  }
  if (tag.wire !== Wire.bytes) return false;
  reader.within(readVarint(reader), "message", () => {
    readMessage(reader, find, emit, () => reader.left === 0);
  });
  return true;
}

function readGroup(reader: ByteReader, find: FindField, { id }: Tag, emit: Emit): void {
  reader.inside(() => readMessage(reader, find, emit, () => atGroupEnd(reader, id)));
}

/** Passes over the end of the group where it follows. */
function atGroupEnd(reader: ByteReader, id: number): boolean {
  const { offset } = reader;
  const tag = readTag(reader);
  if (tag.wire === Wire.groupEnd && tag.id === id) return true;
  reader.offset = offset;
  return false;
}

function readPacked(reader: ByteReader, read: Scalar[1], emit: Emit): void {
  const items: DecodedValue[] = [];
  reader.within(readVarint(reader), "packed list", () => {
    emit({ kind: "list", items });
    while (reader.left > 0) {
      reader.begin();
      items.push(read(reader));
    }
  });
}

function readUnknown(reader: ByteReader, tag: Tag, emit: Emit): void {
  switch (tag.wire) {
    case Wire.varint:
      return emit(wholeValue(readVarint(reader)));
    case Wire.fixed64:
      return emit({ kind: "bytes", bytes: reader.take(8) });
    case Wire.bytes:
      return emit(bytesOrText(reader.take(readVarint(reader), "field")));
    case Wire.group:
      return readGroup(reader, () => undefined, tag, emit);
    case Wire.groupEnd:
      throw new Stop(tag.offset, `the end of group ${tag.id}, which is not open`);
    default:
      return emit({ kind: "bytes", bytes: reader.take(4) });
  }
}

/** An enum's value by its name, or as a number where it has none. */
function enumScalar({ valuesById }: Enum): Scalar {
  return [
    Wire.varint,
    (reader) => {
      const value = BigInt.asIntN(32, readVarint(reader));
      const name = valuesById[Number(value)];
      return name === undefined ? wholeValue(value) : wordValue(name);
    },
  ];
}

/** Seven bits a byte, the lowest first. */
function readVarint(reader: ByteReader): bigint {
  const start = reader.offset;
  let value = 0n;
  for (let i = 0n; i < MAX_VARINT_BYTES; i++) {
    const octet = BigInt(reader.uint8());
    value |= (octet & 0x7fn) << (7n * i);
    if (octet < 0x80n) return BigInt.asUintN(64, value);
  }
  throw new Stop(start, `a varint has at most ${MAX_VARINT_BYTES} bytes`);
}

/** 0, 1, 2, 3 … stand for 0, -1, 1, -2 …. */
function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}
