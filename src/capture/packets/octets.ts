/** Numbers out of bytes. The caller has checked that they lie within; outside of them is 0. */

/** A 16-bit number in network byte order. */
export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** A 32-bit number in network byte order. */
export function uint32(bytes: Uint8Array, at: number): number {
  return ((uint16(bytes, at) << 16) | uint16(bytes, at + 2)) >>> 0;
}

function uint16Little(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function uint32Little(bytes: Uint8Array, at: number): number {
  return (uint16Little(bytes, at) | (uint16Little(bytes, at + 2) << 16)) >>> 0;
}

/** How the machine that wrote a capture file lays out its numbers. */
export interface ByteOrder {
  readonly uint16: (bytes: Uint8Array, at: number) => number;
  readonly uint32: (bytes: Uint8Array, at: number) => number;
}

export const BIG_ENDIAN: ByteOrder = { uint16, uint32 };
export const LITTLE_ENDIAN: ByteOrder = { uint16: uint16Little, uint32: uint32Little };
