import { headerLength, type LengthForm, minimalLengthForm } from "./frame.ts";
import { applyMask } from "./mask.ts";

/** What a frame is to say; everything may be wrong on purpose, but it must fit its bits. */
export interface FrameSpec {
  /** 0–15. */
  readonly opcode: number;
  /** Default true. */
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** Masks the payload with this unsigned 32-bit key; absent: the frame is not masked. */
  readonly maskKey?: number | undefined;
  readonly payload?: Uint8Array;
  /** Default: the fewest octets that hold the length. */
  readonly lengthForm?: LengthForm;
  /** The length that the header tells, where it is not to be the payload's. */
  readonly declaredLength?: number | bigint;
}

const LIMIT: Readonly<Record<LengthForm, bigint>> = { 7: 125n, 16: 0xffffn, 64: (1n << 64n) - 1n };

/**
 * Encodes one frame (RFC 6455, section 5.2).
 * @throws RangeError when a value does not fit its bits.
 */
export function encodeFrame(spec: FrameSpec): Uint8Array {
  const payload = spec.payload ?? new Uint8Array(0);
  const header = encodeHeader(spec);
  const frame = new Uint8Array(header.length + payload.length);
  frame.set(header);
  frame.set(payload, header.length);
  if (spec.maskKey !== undefined) applyMask(frame, spec.maskKey, header.length);
  return frame;
}

/**
 * Encodes the header of a frame alone, for payloads that are sent apart from it.
 * @throws RangeError when a value does not fit its bits.
 */
export function encodeHeader(spec: FrameSpec): Uint8Array {
  const length = spec.declaredLength ?? spec.payload?.length ?? 0;
  const form = spec.lengthForm ?? minimalLengthForm(length);
  checkBits(spec, length, form);
  const masked = spec.maskKey !== undefined;
  const header = new Uint8Array(headerLength(form, masked));
  const view = new DataView(header.buffer);
  header[0] = firstOctet(spec);
  header[1] = (masked ? 0x80 : 0) | (form === 7 ? Number(length) : form === 16 ? 126 : 127);
  if (form === 16) view.setUint16(2, Number(length));
  if (form === 64) view.setBigUint64(2, BigInt(length));
  if (spec.maskKey !== undefined) view.setUint32(header.length - 4, spec.maskKey);
  return header;
}

function checkBits(
  { opcode, maskKey = 0 }: FrameSpec,
  length: number | bigint,
  form: LengthForm,
): void {
  if (!Number.isInteger(opcode) || opcode < 0 || opcode > 15) {
    throw new RangeError(`opcode ${opcode} does not fit 4 bits`);
  }
  if (maskKey !== maskKey >>> 0) {
    throw new RangeError(`masking key ${maskKey} does not fit 32 bits`);
  }
  if (length < 0 || BigInt(length) > LIMIT[form]) {
    throw new RangeError(`length ${length} does not fit the ${form}-bit form`);
  }
}

function firstOctet({ fin = true, rsv1, rsv2, rsv3, opcode }: FrameSpec): number {
  return (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | (rsv2 ? 0x20 : 0) | (rsv3 ? 0x10 : 0) | opcode;
}
