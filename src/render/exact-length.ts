import type { Frame } from "../protocol/frame.ts";

/** Above 2^53 a number cannot tell the length: there it is read from the header's own bytes. */
export function exactLength({ header, headerBytes }: Frame): number | bigint {
  if (header.length <= Number.MAX_SAFE_INTEGER) return header.length;
  const { buffer, byteOffset, length } = headerBytes;
  return new DataView(buffer, byteOffset, length).getBigUint64(2);
}
