import { Buffer } from "node:buffer";
import { type Frame, headerLength, type LengthForm } from "../../protocol/frame.ts";
import { type HeaderExpectations, judgeHeader } from "../../protocol/header-rules.ts";
import { applyMask } from "../../protocol/mask.ts";

const NOTHING = new Uint8Array(0);
const SLAB_LENGTH = 128 * 1024;

/**
 * Reads frames that lie whole in one packet, as most do: much faster than bytes that come in pieces,
 * because a packet is copied at once, and into memory that many of them share. All connections share
 * one reader as well, because one that rests must not hold the memory that its last packet lay in.
 */
export class WholeFrames {
  readonly #slab = new Slab();
  #expected: HeaderExpectations = { sender: "unknown", deflate: false, maxFrameLength: 0 };
  /** `#bytes[#start, #end)` is the copy of the packet, of which `#at` is next: frames are views of it. */
  #bytes = NOTHING;
  #start = 0;
  #at = 0;
  #end = 0;
  /** Where `#bytes` would begin in the stream. */
  #offset = 0;

  /** Takes a packet of which the first byte begins a frame, at `offset` of the stream. */
  begin(
    bytes: Uint8Array,
    start: number,
    end: number,
    offset: number,
    expected: HeaderExpectations,
  ): void {
    this.#expected = expected;
    const isCopied = holdsFrame(bytes, start, end);
    this.#start = isCopied ? this.#slab.copy(bytes, start, end) : 0;
    this.#bytes = this.#slab.bytes;
    this.#at = this.#start;
    this.#end = isCopied ? this.#start + end - start : 0;
    this.#offset = offset - this.#start;
  }

  /** Bytes of the packet that were read. */
  get used(): number {
    return this.#at - this.#start;
  }

  /** The next frame; undefined where it is not all there. */
  next(): Frame | undefined {
    const bytes = this.#bytes;
    const at = this.#at;
    if (!holdsFrame(bytes, at, this.#end)) return undefined;
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    const masked = second >= 0x80;
    const form = formOf(second);
    const size = headerLength(form, masked);
    const payloadAt = at + size;
    const length = lengthAt(bytes, at);
    const maskKey = masked ? keyAt(bytes, payloadAt - 4) : 0;
    const header = {
      fin: first >= 0x80,
      rsv1: (first & 0x40) !== 0,
      rsv2: (first & 0x20) !== 0,
      rsv3: (first & 0x10) !== 0,
      opcode: first & 0x0f,
      masked,
      maskKey,
      length,
      lengthForm: form,
      headerLength: size,
      offset: this.#offset + at,
    };
    if (masked) applyMask(bytes, maskKey, payloadAt, payloadAt + length);
    this.#at = payloadAt + length;
    return {
      header,
      headerBytes: bytes.subarray(at, payloadAt),
      payload: length === 0 ? NOTHING : bytes.subarray(payloadAt, payloadAt + length),
      payloadCut: false,
      violations: judgeHeader(header, this.#expected),
    };
  }
}

/** Memory from which many small pieces are cut, because each one of its own takes long to get. */
export class Slab {
  /** Where the last piece is. */
  bytes = NOTHING;
  #used = 0;

  /** @returns where the copy begins in `bytes` */
  copy(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.#used + length > this.bytes.length) {
      this.bytes = new Uint8Array(Buffer.allocUnsafeSlow(Math.max(SLAB_LENGTH, length)).buffer);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += length;
    this.bytes.set(bytes.subarray(start, end), at);
    return at;
  }
}

function holdsFrame(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 2) return false;
  const second = bytes[at + 1] ?? 0;
  // What needs 64 bits for its length fits in no packet.
  if ((second & 0x7f) === 127) return false;
  const size = headerLength(formOf(second), second >= 0x80);
  return at + size <= end && at + size + lengthAt(bytes, at) <= end;
}

function formOf(second: number): LengthForm {
  return (second & 0x7f) === 126 ? 16 : 7;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  return short < 126 ? short : ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

function keyAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return ((high << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}
