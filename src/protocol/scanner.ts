import { type FrameHeader, headerLength, type LengthForm, MAX_HEADER_LENGTH } from "./frame.ts";

/**
 * The innermost layer: finds frame borders in a stream of bytes.
 *
 * 1. Bytes come in pieces of any size. A header that lies whole in a piece is decoded where it is;
 *    one that is cut is gathered in 14 octets of scratch first.
 * 2. The payload is never copied, unmasked or even looked at: the sink is told where it lies. So a
 *    length of 2^63 costs nothing.
 * 3. Nothing is judged here. The scanner follows what the length says, whatever else is wrong.
 * 4. It allocates nothing per frame: the header is this object, valid until the next one.
 */
export interface FrameSink {
  /** A header is complete: `scanner` holds its fields, `bytes[start, end)` is the header itself. */
  header(scanner: FrameScanner, bytes: Uint8Array, start: number, end: number): void;
  /** `bytes[start, end)` is the next piece, still masked, of the current frame's payload. */
  payload(bytes: Uint8Array, start: number, end: number): void;
  /** The current frame is complete. */
  end(): void;
}

export class FrameScanner implements FrameHeader {
  fin = false;
  rsv1 = false;
  rsv2 = false;
  rsv3 = false;
  opcode = 0;
  masked = false;
  maskKey = 0;
  length = 0;
  lengthForm: LengthForm = 7;
  headerLength = 0;
  offset = 0;

  readonly #scratch = new Uint8Array(MAX_HEADER_LENGTH);
  /** Octets of a cut header in the scratch. */
  #gathered = 0;
  /** Payload bytes of the current frame that are still to come. */
  #payloadDue = 0;
  #halted = false;

  /** Bytes of the stream seen so far. */
  position: number;

  /** @param position offset in the stream at which scanning begins, for captures cut at the front */
  constructor(position = 0) {
    this.position = position;
  }

  /** True between two frames: nothing of a further one has come. */
  get atBoundary(): boolean {
    return this.#gathered === 0 && this.#payloadDue === 0;
  }

  /** Payload bytes of the current frame that have not come; 0 within a header. */
  get payloadDue(): number {
    return this.#payloadDue;
  }

  /** The octets of a header that is not complete yet. */
  get partialHeader(): Uint8Array {
    return this.#scratch.slice(0, this.#gathered);
  }

  /** Stops for good: the rest of this piece and all later ones are passed over. */
  halt(): void {
    this.#halted = true;
  }

  /** Takes the next piece of the stream and tells the sink what is in `bytes[start, end)`. */
  scan(bytes: Uint8Array, sink: FrameSink, start = 0, end = bytes.length): void {
    let i = start;
    while (i < end && !this.#halted) {
      i =
        this.#payloadDue > 0
          ? this.#payload(bytes, i, end, sink)
          : this.#header(bytes, i, end, sink);
    }
  }

  #payload(bytes: Uint8Array, start: number, end: number, sink: FrameSink): number {
    const stop = Math.min(end, start + this.#payloadDue);
    this.#payloadDue -= stop - start;
    this.position += stop - start;
    sink.payload(bytes, start, stop);
    if (this.#payloadDue === 0) sink.end();
    return stop;
  }

  #header(bytes: Uint8Array, start: number, end: number, sink: FrameSink): number {
    if (this.#gathered > 0 || end - start < 2 || end - start < sizeFrom(bytes[start + 1])) {
      return this.#gather(bytes, start, end, sink);
    }
    const stop = start + sizeFrom(bytes[start + 1]);
    this.#decode(bytes, start, stop, sink);
    return stop;
  }

  /** Moves octets of a cut header to the scratch; decodes it there once it is complete. */
  #gather(bytes: Uint8Array, start: number, end: number, sink: FrameSink): number {
    let i = start;
    while (i < end) {
      this.#scratch[this.#gathered++] = bytes[i++] ?? 0;
      if (this.#gathered >= 2 && this.#gathered === sizeFrom(this.#scratch[1])) {
        const size = this.#gathered;
        this.#gathered = 0;
        this.#decode(this.#scratch, 0, size, sink);
        break;
      }
    }
    return i;
  }

  #decode(bytes: Uint8Array, start: number, end: number, sink: FrameSink): void {
    const first = bytes[start] ?? 0;
    const second = bytes[start + 1] ?? 0;
    this.fin = (first & 0x80) !== 0;
    this.rsv1 = (first & 0x40) !== 0;
    this.rsv2 = (first & 0x20) !== 0;
    this.rsv3 = (first & 0x10) !== 0;
    this.opcode = first & 0x0f;
    this.masked = (second & 0x80) !== 0;
    this.#decodeLength(bytes, start + 2, second & 0x7f);
    this.maskKey = this.masked ? uint32(bytes, end - 4) : 0;
    this.headerLength = end - start;
    this.offset = this.position;
    this.position += this.headerLength;
    this.#payloadDue = this.length;
    sink.header(this, bytes, start, end);
    if (this.length === 0) sink.end();
  }

  #decodeLength(bytes: Uint8Array, at: number, short: number): void {
    if (short < 126) {
      this.lengthForm = 7;
      this.length = short;
    } else if (short === 126) {
      this.lengthForm = 16;
      this.length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    } else {
      this.lengthForm = 64;
      this.length = uint64(bytes, at);
    }
  }
}

/** Size of a header from its second octet. */
function sizeFrom(second = 0): number {
  const short = second & 0x7f;
  return headerLength(short < 126 ? 7 : short === 126 ? 16 : 64, (second & 0x80) !== 0);
}

/** A double holds 53 bits. Rounding down keeps 2^63 - 1 below 2^63, whose top bit is a violation. */
function uint64(bytes: Uint8Array, at: number): number {
  const high = uint32(bytes, at);
  const low = uint32(bytes, at + 4);
  return high * 2 ** 32 + (high < 2 ** 21 ? low : low - (low % 2 ** 11));
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}
