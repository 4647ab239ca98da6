import type { Frame } from "./frame.ts";

/** Above 2^53 a number cannot tell the length: there it is read from the header's own bytes. */
export function exactLength({
  header,
  headerBytes,
}: Pick<Frame, "header" | "headerBytes">): number | bigint {
  if (header.length <= Number.MAX_SAFE_INTEGER) return header.length;
  const { buffer, byteOffset, length } = headerBytes;
  return new DataView(buffer, byteOffset, length).getBigUint64(2);
}

/** The sum of two lengths, any of which may be too large for a number; the second may be negative. */
export function lengthSum(a: number | bigint, b: number | bigint): number | bigint {
  const sum = BigInt(a) + BigInt(b);
  return sum <= Number.MAX_SAFE_INTEGER ? Number(sum) : sum;
}
