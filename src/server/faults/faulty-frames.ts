import { encodeHeader } from "../../protocol/encoder.ts";
import { applyMask } from "../../protocol/mask.ts";
import { Opcode } from "../../protocol/opcodes.ts";

/** What is wrong with the frames of a message. */
export interface FrameErrors {
  readonly opcode?: number;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** An unsigned 32-bit number. */
  readonly maskKey?: number;
  /** The most bytes of payload in a frame, at least 1. */
  readonly fragmentSize?: number;
}

/** Encodes a message, in one piece of memory however many its fragments are. */
export function encodeFaulty(
  payload: Uint8Array,
  binary: boolean,
  { opcode, fragmentSize = Infinity, ...errors }: FrameErrors,
): Uint8Array {
  const first = opcode ?? (binary ? Opcode.binary : Opcode.text);
  const count = fragmentCount(payload, fragmentSize);
  const size = Math.min(fragmentSize, payload.length);
  const headerAt = (i: number): Uint8Array =>
    encodeHeader({
      ...errors,
      // Only the first frame says what the message is (RFC 6455, section 5.4; RFC 7692, section 6).
      opcode: i === 0 ? first : Opcode.continuation,
      rsv1: i === 0 && errors.rsv1 === true,
      fin: i === count - 1,
      declaredLength: Math.min(size, payload.length - i * size),
    });
  const total = headerAt(0).length * (count - 1) + headerAt(count - 1).length + payload.length;
  const bytes = new Uint8Array(total);
  let end = 0;
  for (let i = 0; i < count; i++) {
    const header = headerAt(i);
    const part = payload.subarray(i * size, (i + 1) * size);
    bytes.set(header, end);
    bytes.set(part, end + header.length);
    end += header.length + part.length;
    if (errors.maskKey !== undefined) applyMask(bytes, errors.maskKey, end - part.length, end);
  }
  return bytes;
}

/** In how many frames a message goes. */
export function fragmentCount({ length }: Uint8Array, fragmentSize = Infinity): number {
  return Math.max(1, Math.ceil(length / fragmentSize));
}
