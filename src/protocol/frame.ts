import type { Violation } from "./rules.ts";

/** How the payload length is written: in the 7 bits, or in 16 or 64 bits after them (5.2). */
export type LengthForm = 7 | 16 | 64;

/** A frame header as it stood on the wire (RFC 6455, section 5.2). */
export interface FrameHeader {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** 0–15, reserved ones too. */
  readonly opcode: number;
  readonly masked: boolean;
  /** The masking key as an unsigned 32-bit number, first octet highest; 0 where `masked` is false. */
  readonly maskKey: number;
  /** Payload length in bytes, the top bit included; above 2^53 rounded down to a double. */
  readonly length: number;
  readonly lengthForm: LengthForm;
  /** Length of this header in bytes: 2–14. */
  readonly headerLength: number;
  /** Where the header begins, in bytes of its direction's WebSocket stream. */
  readonly offset: number;
}

/** A whole frame: its header, the very bytes of it, and the payload, unmasked. */
export interface Frame {
  readonly header: FrameHeader;
  readonly headerBytes: Uint8Array;
  /** The unmasked payload, or its beginning where `payloadCut` is true. */
  readonly payload: Uint8Array;
  /** True where the frame is longer than what was to be kept, or the stream ended within it. */
  readonly payloadCut: boolean;
  readonly violations: readonly Violation[];
}

/** The longest payload of a control frame (section 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;

/** The largest header: two octets, 64 bits of length, 32 bits of key. */
export const MAX_HEADER_LENGTH = 14;

const LENGTH_OCTETS: Readonly<Record<LengthForm, number>> = { 7: 0, 16: 2, 64: 8 };

/** Length in bytes of a header of this form. */
export function headerLength(form: LengthForm, masked: boolean): number {
  return 2 + LENGTH_OCTETS[form] + (masked ? 4 : 0);
}

/** The fewest octets that hold `length` (section 5.2). */
export function minimalLengthForm(length: number | bigint): LengthForm {
  return length < 126 ? 7 : length < 65_536 ? 16 : 64;
}
