import { type ByteReader, readAll, Stop } from "./byte-reader.ts";
import {
  bytesOrText,
  type Decoded,
  type DecodedEntry,
  type DecodedValue,
  float32Value,
  floatValue,
  wholeValue,
  wordValue,
} from "./decoded.ts";
import type { StructField, StructFormat } from "./struct-format.ts";

/** Reads a payload by a format; bytes that the format does not tell of are where it stops. */
export function decodeStruct(payload: Uint8Array, format: StructFormat): Decoded {
  return readAll(payload, (reader, emit) => {
    const entries: DecodedEntry[] = [];
    emit({ kind: "map", entries });
    format.fields.forEach((field, i) => {
      const give = (value: DecodedValue) => {
        entries.push({ key: field.name ?? `field ${i + 1}`, value });
      };
      readField(reader, field, format.littleEndian, give);
    });
    if (reader.left > 0) throw new Stop(reader.offset, leftOver(reader.left));
  });
}

function leftOver(bytes: number): string {
  return `${bytes.toLocaleString("en")} ${bytes === 1 ? "byte is" : "bytes are"} left over`;
}

type Give = (value: DecodedValue) => void;

function readField(reader: ByteReader, field: StructField, little: boolean, give: Give): void {
  const { letter, count, alignment } = field;
  reader.skip((alignment - (reader.offset % alignment)) % alignment, "gap");
  switch (letter) {
    case "x":
      return void reader.skip(count ?? 1, "gap");
    case "s":
      return give(bytesOrText(reader.take(count ?? 1, nameOf(field))));
    case "p":
      return give(bytesOrText(pascal(reader.take(count ?? 1, nameOf(field)))));
    case "*":
      return give(bytesOrText(reader.take(reader.left)));
    default:
      if (count === undefined) return give(readScalar(reader, field, little));
      return readSeveral(reader, field, little, give);
  }
}

function nameOf({ name }: StructField): string {
  return name === undefined ? "value" : `field ${name}`;
}

/** The first byte tells the length, as far as there is room. */
function pascal(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(1, 1 + (bytes[0] ?? 0));
}

function readSeveral(reader: ByteReader, field: StructField, little: boolean, give: Give): void {
  const items: DecodedValue[] = [];
  give({ kind: "list", items });
  for (let i = 0; i < (field.count ?? 1); i++) items.push(readScalar(reader, field, little));
}

function readScalar(reader: ByteReader, field: StructField, little: boolean): DecodedValue {
  const { letter, size } = field;
  reader.begin();
  if (reader.left < size) reader.skip(size, nameOf(field));
  switch (letter) {
    case "c":
      return bytesOrText(reader.take(1));
    case "?":
      return wordValue(reader.uint8() !== 0);
    case "e":
      return floatValue(reader.float(2, little));
    case "f":
      return float32Value(reader.float(4, little));
    case "d":
      return floatValue(reader.float(8, little));
    case "b":
    case "h":
    case "i":
    case "l":
    case "q":
    case "n":
      return wholeValue(reader.int(size, little));
    default:
      return wholeValue(reader.uint(size, little));
  }
}
