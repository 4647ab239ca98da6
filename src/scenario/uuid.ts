/** Each byte in two hexadecimal digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * A random UUID (RFC 9562, version 4). For telling messages apart, not for secrets: it is as random
 * as its source.
 * @param random uniform, from 0 to below 1
 */
export function uuidV4(random: () => number): string {
  const [a, b, c, d] = [word(random), word(random), word(random), word(random)];
  const version = (b & 0xffff0fff) | 0x4000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  return `${high(a)}${low(a)}-${high(version)}-${low(version)}-${high(variant)}-${low(variant)}${high(d)}${low(d)}`;
}

/** 32 random bits. */
function word(random: () => number): number {
  return (random() * 2 ** 32) | 0;
}

function high(bits: number): string {
  return pair(bits >>> 24, bits >>> 16);
}

function low(bits: number): string {
  return pair(bits >>> 8, bits);
}

function pair(first: number, second: number): string {
  return `${HEX[first & 0xff] ?? ""}${HEX[second & 0xff] ?? ""}`;
}
