import { Opcode } from "../protocol/opcodes.ts";

/** What fits a header of two octets without a mask (RFC 6455, section 5.2). */
export const MAX_SHORT_PAYLOAD = 125;
const FIN = 0x80;

/** A short message as one frame, neither masked nor compressed, in one piece of memory. */
export function shortFrame(payload: Uint8Array, binary: boolean): Buffer {
  const frame = Buffer.allocUnsafe(2 + payload.length);
  frame[0] = FIN | (binary ? Opcode.binary : Opcode.text);
  frame[1] = payload.length;
  frame.set(payload, 2);
  return frame;
}
