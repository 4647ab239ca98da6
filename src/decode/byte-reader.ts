import type { Decoded, DecodedEntry, DecodedValue } from "./decoded.ts";

/**
 * Reads values from bytes of which nothing can be trusted.
 *
 * 1. A reader of a format gives each value away before it reads what is inside (`emit`), so that of a
 *    value that is cut its beginning is there.
 * 2. Where the bytes stop making sense it throws a Stop, which ends in `readAll` and nowhere else.
 * 3. Nothing is allocated by a length that was announced. Depth is bounded, and so is the number of
 *    values: memory is by far more than the bytes, and nobody reads so many.
 */
export class Stop extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

export type Emit = (value: DecodedValue) => void;

export const MAX_DEPTH = 100;
export const MAX_VALUES = 20_000;

/** Decodes by `read`, which is called until the bytes are used up, at least once. */
export function readAll(
  bytes: Uint8Array,
  read: (reader: ByteReader, emit: Emit) => void,
): Decoded {
  const values: DecodedValue[] = [];
  const reader = new ByteReader(bytes);
  try {
    do read(reader, (value) => values.push(value));
    while (reader.left > 0);
    return { values };
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    return { values, stopped: { offset: thrown.offset, message: thrown.message } };
  }
}

/** Reads a key and its value; a key whose value does not come stands alone. */
export function readEntry(entries: DecodedEntry[], read: (emit: Emit) => void): void {
  const at = entries.length;
  let name: DecodedValue | string = "";
  read((key) => {
    name = key;
    entries[at] = { key, value: undefined };
  });
  read((value) => (entries[at] = { key: name, value }));
}

export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #depth = 0;
  #values = 0;
  offset = 0;
  /** Where reading ends: the end of the bytes, or of the part being read. */
  #end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = bytes.length;
  }

  get left(): number {
    return this.#end - this.offset;
  }

  /** Goes on after so many bytes; gives the offset at which they began. */
  skip(length: number | bigint, what = "value"): number {
    const start = this.offset;
    if (length > this.left) this.#tooShort(length, what);
    this.offset += Number(length);
    return start;
  }

  #tooShort(length: number | bigint, what: string): never {
    const { left, offset } = this;
    if (left === 0) throw new Stop(offset, `the bytes end here, and a ${what} was to follow`);
    throw new Stop(
      offset,
      `a ${what} of ${count(length)} was to follow, and there are only ${left.toLocaleString("en")}`,
    );
  }

  take(length: number | bigint, what?: string): Uint8Array {
    const start = this.skip(length, what);
    return this.bytes.subarray(start, this.offset);
  }

  uint8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  /** A whole number of 1, 2, 4 or 8 bytes, unsigned. */
  uint(length: 1 | 2 | 4 | 8, littleEndian = false): bigint {
    return BigInt.asUintN(length * 8, this.int(length, littleEndian));
  }

  /** A whole number of 1, 2, 4 or 8 bytes in two's complement. */
  int(length: 1 | 2 | 4 | 8, littleEndian = false): bigint {
    const at = this.skip(length);
    if (length === 1) return BigInt(this.#view.getInt8(at));
    if (length === 2) return BigInt(this.#view.getInt16(at, littleEndian));
    if (length === 4) return BigInt(this.#view.getInt32(at, littleEndian));
    return this.#view.getBigInt64(at, littleEndian);
  }

  /** A number of IEEE 754 in 2, 4 or 8 bytes. */
  float(length: 2 | 4 | 8, littleEndian = false): number {
    const at = this.skip(length);
    if (length === 2) return half(this.#view.getUint16(at, littleEndian));
    if (length === 4) return this.#view.getFloat32(at, littleEndian);
    return this.#view.getFloat64(at, littleEndian);
  }

  /** Counts a value that begins here. */
  begin(): void {
    this.#values += 1;
    if (this.#values <= MAX_VALUES) return;
    throw new Stop(this.offset, `more than ${MAX_VALUES.toLocaleString("en")} values`);
  }

  /** Reads what is inside of a value. */
  inside(read: () => void): void {
    if (this.#depth === MAX_DEPTH) throw new Stop(this.offset, `nested over ${MAX_DEPTH} deep`);
    this.#depth += 1;
    read();
    this.#depth -= 1;
  }

  /** Reads what is inside of a value of so many bytes. */
  within(length: number | bigint, what: string, read: () => void): void {
    const outer = this.#end;
    const start = this.skip(length, what);
    [this.#end, this.offset] = [this.offset, start];
    this.inside(read);
    this.#end = outer;
  }
}

function count(bytes: number | bigint): string {
  return `${bytes.toLocaleString("en")} ${bytes === 1 || bytes === 1n ? "byte" : "bytes"}`;
}

/** Of 16 bits: sign, 5 bits of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
