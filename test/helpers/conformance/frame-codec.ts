/**
 * Frames of RFC 6455, written a second time for the conformance run alone: a mistake that it shared
 * with what it judges would not show.
 */
export interface FrameBits {
  readonly opcode: number;
  readonly fin?: boolean;
  /** The three reserved bits as a number: 4 is RSV1. */
  readonly rsv?: number;
  /** False leaves the frame unmasked, which no client may. */
  readonly mask?: boolean;
  /** Octets of the length: 0 for the 7 bits, 2, or 8. Default: as few as may be. */
  readonly lengthOctets?: 0 | 2 | 8;
  /** What the header says where it lies. */
  readonly declares?: bigint;
}

const MASK = Buffer.from([0x9a, 0x3c, 0x71, 0xe5]);

export function frame(payload: Uint8Array | string, bits: FrameBits): Buffer {
  const { opcode, fin = true, rsv = 0, mask = true } = bits;
  const body = Buffer.from(payload as Uint8Array);
  const length = bits.declares ?? BigInt(body.length);
  const octets = bits.lengthOctets ?? fewestOctets(length);
  const short = octets === 0 ? Number(length) : octets === 2 ? 126 : 127;
  const head = Buffer.alloc(2 + octets);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | short;
  if (octets === 2) head.writeUInt16BE(Number(length), 2);
  if (octets === 8) head.writeBigUInt64BE(length, 2);
  return mask ? Buffer.concat([head, MASK, masked(body)]) : Buffer.concat([head, body]);
}

function fewestOctets(length: bigint): 0 | 2 | 8 {
  if (length < 126n) return 0;
  return length < 65_536n ? 2 : 8;
}

function masked(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length);
  for (let i = 0; i < body.length; i++) out[i] = body[i]! ^ MASK[i & 3]!;
  return out;
}

export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads the frames of a server; what no server may send is an error that says so. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #held = 0;
  #wanted = 2;

  /** @throws Error naming the rule that the server broke */
  push(bytes: Buffer): ReadFrame[] {
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    const frames: ReadFrame[] = [];
    while (this.#held >= this.#wanted) {
      const read = this.#read();
      if (read) frames.push(read);
    }
    return frames;
  }

  get isWithinFrame(): boolean {
    return this.#held > 0;
  }

  /** Takes a frame where it is whole; else says how much it takes. */
  #read(): ReadFrame | undefined {
    const [first] = this.#pieces;
    const held = first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    this.#pieces = [held];
    const size = wholeSize(held);
    this.#wanted = size.total;
    if (held.length < size.total) return undefined;
    const read = {
      fin: (held[0]! & 0x80) !== 0,
      rsv: (held[0]! >> 4) & 7,
      opcode: held[0]! & 15,
      payload: held.subarray(size.head, size.total),
    };
    judge(read);
    const rest = held.subarray(size.total);
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    this.#wanted = 2;
    return read;
  }
}

/** What the frame takes, or its head where that is not all here. */
function wholeSize(held: Buffer): { readonly head: number; readonly total: number } {
  if ((held[1]! & 0x80) !== 0) throw new Error("a frame of the server is masked");
  const short = held[1]! & 0x7f;
  if (short < 126) return { head: 2, total: 2 + short };
  const head = short === 126 ? 4 : 10;
  if (held.length < head) return { head, total: head };
  const length = short === 126 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
  if (length < (short === 126 ? 126 : 65_536))
    throw new Error("a length is longer than it need be");
  return { head, total: head + length };
}

const KNOWN = new Set([0, 1, 2, 8, 9, 10]);

function judge({ fin, opcode, payload }: ReadFrame): void {
  if (!KNOWN.has(opcode)) throw new Error(`opcode ${opcode} is reserved`);
  if (opcode < 8) return;
  if (!fin) throw new Error("a control frame of the server is fragmented");
  if (payload.length > 125) throw new Error("a control frame of the server is too long");
}
