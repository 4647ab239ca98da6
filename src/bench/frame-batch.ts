import { encodeFrame } from "../protocol/encoder.ts";
import { Opcode } from "../protocol/opcodes.ts";

/** What is sent again and again. */
export interface MessageSpec {
  readonly kind: "text" | "binary";
  /** Bytes of payload. */
  readonly length: number;
}

/** As much as one write is worth; a frame may be larger. */
const MAX_BATCH_BYTES = 256 * 1024;

/** One message, encoded once, as many times in a row as may leave in one write. */
export class FrameBatch {
  readonly frameLength: number;
  /** The most frames that one write takes. */
  readonly max: number;
  readonly #views: readonly Buffer[];

  /**
   * @param atMost frames that are ever due at a time
   * @param maskKey an unsigned 32-bit number
   */
  constructor(message: MessageSpec, atMost: number, maskKey: number) {
    const opcode = message.kind === "text" ? Opcode.text : Opcode.binary;
    const frame = encodeFrame({ opcode, maskKey, payload: makePayload(message.length) });
    this.frameLength = frame.length;
    this.max = Math.max(1, Math.min(atMost, Math.floor(MAX_BATCH_BYTES / frame.length)));
    const all = Buffer.alloc(this.max * frame.length, frame);
    this.#views = Array.from({ length: this.max + 1 }, (_, count) =>
      all.subarray(0, count * frame.length),
    );
  }

  /** `count` frames, at most `max`. */
  of(count: number): Buffer {
    return this.#views[count] ?? EMPTY;
  }
}

const EMPTY = Buffer.alloc(0);
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Letters, which are valid as text and as binary, and easy to know again in a capture. */
function makePayload(length: number): Uint8Array {
  return Buffer.alloc(length, LETTERS);
}
