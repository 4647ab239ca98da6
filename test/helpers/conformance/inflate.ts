/**
 * DEFLATE of RFC 1951, in the plain manner of its text. zlib would let pass what refers further back
 * than the window that was agreed on; here that is an error.
 */
export class Inflater {
  readonly #windowSize: number;
  /** All that is still referred to, with what was inflated since. */
  #plain = Buffer.alloc(0);
  #length = 0;
  #bits: BitReader = new BitReader(Buffer.alloc(0));

  constructor({ windowBits = 15 }: { readonly windowBits?: number } = {}) {
    this.#windowSize = 2 ** windowBits;
  }

  /** Forgets all that came before. */
  reset(): void {
    this.#length = 0;
  }

  /** Inflates one message as RFC 7692, section 7.2.2, says. @throws Error for what does not inflate */
  message(compressed: Uint8Array): Buffer {
    this.#slide();
    const start = this.#length;
    this.#bits = new BitReader(Buffer.concat([compressed, TAIL]));
    // A final block may be followed by another stream (section 7.2.3.4).
    while (!this.#bits.isAtEnd) this.#block();
    return Buffer.from(this.#plain.subarray(start, this.#length));
  }

  #slide(): void {
    const kept = Math.min(this.#length, this.#windowSize);
    this.#plain.copyWithin(0, this.#length - kept, this.#length);
    this.#length = kept;
  }

  #block(): void {
    const final = this.#bits.take(1) === 1;
    const type = this.#bits.take(2);
    if (type === 0) this.#stored();
    else if (type === 1) this.#compressed(FIXED);
    else if (type === 2) this.#compressed(readTables(this.#bits));
    else throw new Error("a block has the reserved type");
    if (final) this.#bits.align();
  }

  #stored(): void {
    this.#bits.align();
    const length = this.#bits.take(16);
    if ((length ^ 0xffff) !== this.#bits.take(16)) throw new Error("a stored block is damaged");
    this.#room(length);
    for (let i = 0; i < length; i++) this.#plain[this.#length++] = this.#bits.take(8);
  }

  #compressed({ literals, distances }: Tables): void {
    for (;;) {
      const symbol = literals.read(this.#bits);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#room(1);
        this.#plain[this.#length++] = symbol;
      } else this.#copy(symbol - 257, distances);
    }
  }

  #copy(code: number, distances: Huffman): void {
    if (code >= LENGTHS.length) throw new Error("a length has a reserved code");
    const length = LENGTHS[code]! + this.#bits.take(LENGTH_BITS[code]!);
    const far = distances.read(this.#bits);
    if (far >= DISTANCES.length) throw new Error("a distance has a reserved code");
    const distance = DISTANCES[far]! + this.#bits.take(DISTANCE_BITS[far]!);
    if (distance > this.#windowSize) throw new Error(`${distance} is beyond the window agreed on`);
    if (distance > this.#length) throw new Error(`${distance} is beyond all that was sent`);
    this.#room(length);
    for (let i = 0; i < length; i++, this.#length++) {
      this.#plain[this.#length] = this.#plain[this.#length - distance]!;
    }
  }

  #room(length: number): void {
    if (this.#length + length <= this.#plain.length) return;
    const wider = Buffer.alloc(Math.max(4096, 2 * (this.#length + length)));
    this.#plain.copy(wider, 0, 0, this.#length);
    this.#plain = wider;
  }
}

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

class BitReader {
  readonly #bytes: Buffer;
  #at = 0;
  #bit = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** True where no block begins any more. */
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(count: number): number {
    let value = 0;
    for (let taken = 0; taken < count;) {
      if (this.#at >= this.#bytes.length) throw new Error("a message ends within a block");
      const here = Math.min(8 - this.#bit, count - taken);
      value |= ((this.#bytes[this.#at]! >> this.#bit) & ((1 << here) - 1)) << taken;
      taken += here;
      this.#bit += here;
      if (this.#bit < 8) continue;
      this.#bit = 0;
      this.#at += 1;
    }
    return value;
  }

  bit(): number {
    if (this.#at >= this.#bytes.length) throw new Error("a message ends within a block");
    const value = (this.#bytes[this.#at]! >> this.#bit) & 1;
    this.#bit = (this.#bit + 1) & 7;
    if (this.#bit === 0) this.#at += 1;
    return value;
  }

  align(): void {
    if (this.#bit === 0) return;
    this.#bit = 0;
    this.#at += 1;
  }
}

const MAX_CODE = 15;

/** A canonical Huffman code (RFC 1951, section 3.2.2). */
class Huffman {
  readonly #counts = Array.from({ length: MAX_CODE + 1 }, () => 0);
  readonly #symbols: number[] = [];

  constructor(lengths: readonly number[]) {
    for (let length = 1; length <= MAX_CODE; length++) {
      for (const [symbol, own] of lengths.entries()) {
        if (own !== length) continue;
        this.#counts[length]! += 1;
        this.#symbols.push(symbol);
      }
    }
  }

  read(bits: BitReader): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE; length++) {
      code |= bits.bit();
      const count = this.#counts[length]!;
      if (code - first < count) return this.#symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("a code stands for no symbol");
  }
}

interface Tables {
  readonly literals: Huffman;
  readonly distances: Huffman;
}

const repeat = (count: number, value: number): number[] =>
  Array.from({ length: count }, () => value);

const FIXED: Tables = {
  literals: new Huffman([...repeat(144, 8), ...repeat(112, 9), ...repeat(24, 7), ...repeat(8, 8)]),
  distances: new Huffman(repeat(30, 5)),
};

/** In which order the lengths of the code of code lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function readTables(bits: BitReader): Tables {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const own = repeat(19, 0);
  const given = bits.take(4) + 4;
  for (const symbol of ORDER.slice(0, given)) own[symbol] = bits.take(3);
  const lengths = readLengths(bits, new Huffman(own), literals + distances);
  return {
    literals: new Huffman(lengths.slice(0, literals)),
    distances: new Huffman(lengths.slice(literals)),
  };
}

function readLengths(bits: BitReader, code: Huffman, count: number): number[] {
  const lengths: number[] = [];
  while (lengths.length < count) {
    const symbol = code.read(bits);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) lengths.push(...repeat(3 + bits.take(2), lastOf(lengths)));
    else lengths.push(...repeat(symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7), 0));
  }
  return lengths;
}

function lastOf(lengths: readonly number[]): number {
  const last = lengths.at(-1);
  if (last === undefined) throw new Error("the first code length repeats one before it");
  return last;
}

/** What each code starts at, from how many further bits each has (RFC 1951, section 3.2.5). */
function starts(first: number, bits: readonly number[]): number[] {
  let next = first;
  return bits.map((count) => {
    const start = next;
    next += 2 ** count;
    return start;
  });
}

const LENGTH_BITS = [...repeat(8, 0), ...[1, 2, 3, 4, 5].flatMap((bits) => repeat(4, bits)), 0];
/** The last one is 258, which the one before it could have said as well. */
const LENGTHS = [...starts(3, LENGTH_BITS.slice(0, -1)), 258];
const DISTANCE_BITS = [0, 0, ...Array.from({ length: 28 }, (_, i) => i >> 1)];
const DISTANCES = starts(1, DISTANCE_BITS);
