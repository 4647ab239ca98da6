import { deflateRawSync, inflateRawSync, constants } from "node:zlib";
import { encodeFrame } from "../protocol/encoder.ts";
import type { DeflateOffer } from "../protocol/deflate.ts";

/**
 * Compression as a load generator wants it. Without context takeover on our side a message deflates
 * to the same bytes each time, so that what is constant is compressed once for the whole run. The
 * server is asked for the same only where replies are looked into.
 */
export function deflateOffer(looksInside: boolean): DeflateOffer {
  return { clientNoContextTakeover: true, ...(looksInside && { serverNoContextTakeover: true }) };
}

export interface Encoding {
  /** Whether messages are compressed. */
  readonly deflate: boolean;
}

export interface FrameOptions extends Encoding {
  /** An unsigned 32-bit number. */
  readonly maskKey: number;
}

/** A whole message as the one frame that carries it. Control frames are never compressed. */
export function encodeMessage(
  opcode: number,
  payload: Uint8Array,
  { maskKey, deflate }: FrameOptions,
): Buffer {
  const compressed = deflate && opcode < 8;
  const { buffer, byteOffset, byteLength } = encodeFrame({
    opcode,
    maskKey,
    ...(compressed && { rsv1: true }),
    payload: compressed ? compress(payload) : payload,
  });
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The tail that RFC 7692, section 7.2.1, takes off and section 7.2.2 puts back. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const MAX_INFLATED_BYTES = 64 * 2 ** 20;

function compress(payload: Uint8Array): Uint8Array {
  const flushed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, flushed.length - TAIL.length);
}

/** What a message without context takeover was before compression; undefined where it is none. */
export function inflateMessage(payload: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_INFLATED_BYTES,
    });
  } catch {
    return undefined;
  }
}
