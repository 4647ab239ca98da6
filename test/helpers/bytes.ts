import fc from "fast-check";

/** Bytes from hex digits, spaced as one likes, and from ready bytes between them. */
export function hex(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return concat(parts.map((part) => (typeof part === "string" ? parseHex(part) : part)));
}

function parseHex(text: string): Uint8Array {
  const digits = text.replace(/\s/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hex: ${text}`);
  return Buffer.from(digits, "hex");
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** `length` bytes in a pattern whose period is no multiple of 4, so that a wrong shift shows. */
export function filler(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

/** One piece a byte. */
export function singly(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
}

/** Every way to cut `bytes` in two, the ones with an empty piece included. */
export function twoWaySplits(bytes: Uint8Array): Uint8Array[][] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => [
    bytes.subarray(0, at),
    bytes.subarray(at),
  ]);
}

/** Cuts `bytes` at each of the points, which are taken modulo its length. */
export function splitAt(bytes: Uint8Array, points: readonly number[]): Uint8Array[] {
  const at = points.map((point) => point % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

/** Points for `splitAt`. */
export const splitPoints = fc.array(fc.nat(100_000), { maxLength: 8 });

/** XOR by the definition in RFC 6455, section 5.3, an octet at a time. */
export function maskNaively(payload: Uint8Array, key: number, phase = 0): Uint8Array<ArrayBuffer> {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(key);
  return Uint8Array.from(payload, (octet, i) => octet ^ octets[(phase + i) % 4]!);
}
