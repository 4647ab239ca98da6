import { uint16 } from "./octets.ts";

/** One end of a TCP connection. */
export interface Endpoint {
  /** 4 bytes, or 16. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** Slots for addresses that may come again. */
const SLOTS = 1024;

/** Addresses, of which those of many connections are few: the same one is mostly the same object. */
export class Addresses {
  readonly #slots: (Uint8Array | undefined)[] = Array.from({ length: SLOTS });

  /** The address in `bytes[at, at + length)`, as bytes of its own. */
  of(bytes: Uint8Array, at: number, length: number): Uint8Array {
    let hash = 0;
    for (let i = at; i < at + length; i++) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known?.length === length && known.every((octet, i) => octet === bytes[at + i])) {
      return known;
    }
    // Not slice(), which is a view where the bytes are a Buffer.
    const address = new Uint8Array(bytes.subarray(at, at + length));
    this.#slots[slot] = address;
    return address;
  }
}

/** As in a URL: `127.0.0.1:80`, `[::1]:80`. */
export function formatEndpoint({ address, port }: Endpoint): string {
  const host = formatAddress(address);
  return address.length === 4 ? `${host}:${port}` : `[${host}]:${port}`;
}

/** Dotted decimals, or the form of RFC 5952, section 4, for IPv6. */
export function formatAddress(address: Uint8Array): string {
  if (address.length === 4) return address.join(".");
  const words = Array.from({ length: 8 }, (_, i) => uint16(address, 2 * i).toString(16));
  const { start, length } = longestZeros(words);
  if (length < 2) return words.join(":");
  return `${words.slice(0, start).join(":")}::${words.slice(start + length).join(":")}`;
}

/** The first one of the longest runs of zero words. */
function longestZeros(words: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  words.forEach((word, i) => {
    length = word === "0" ? length + 1 : 0;
    if (length > longest.length) longest = { start: i + 1 - length, length };
  });
  return longest;
}
