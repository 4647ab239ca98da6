import { isUtf8 } from "node:buffer";

/**
 * Streaming validation of UTF-8 (RFC 3629, as RFC 6455 section 8.1 asks).
 *
 * 1. The bulk of a chunk goes to the native check, which wants whole code points.
 * 2. The first bytes (the rest of a code point that the last chunk began) and the last three go
 *    through an automaton, one octet at a time.
 * 3. The automaton rejects at the first octet that no valid text can hold there, so overlong forms,
 *    surrogates and values above 10FFFF fail as early as possible, also across chunks.
 */

/** How many continuation octets are still due, and the range in which the next one must lie. */
interface Pending {
  readonly due: number;
  readonly low: number;
  readonly high: number;
}

const NONE: Pending = { due: 0, low: 0, high: 0 };
const anyContinuation = (due: number): Pending => ({ due, low: 0x80, high: 0xbf });
const [ONE, TWO, THREE] = [anyContinuation(1), anyContinuation(2), anyContinuation(3)];
const AFTER_E0: Pending = { due: 2, low: 0xa0, high: 0xbf };
const AFTER_ED: Pending = { due: 2, low: 0x80, high: 0x9f };
const AFTER_F0: Pending = { due: 3, low: 0x90, high: 0xbf };
const AFTER_F4: Pending = { due: 3, low: 0x80, high: 0x8f };

function afterLead(octet: number): Pending | undefined {
  if (octet < 0x80) return NONE;
  if (octet < 0xc2 || octet > 0xf4) return undefined;
  if (octet < 0xe0) return ONE;
  if (octet < 0xf0) return octet === 0xe0 ? AFTER_E0 : octet === 0xed ? AFTER_ED : TWO;
  return octet === 0xf0 ? AFTER_F0 : octet === 0xf4 ? AFTER_F4 : THREE;
}

function after(pending: Pending, octet: number): Pending | undefined {
  if (pending.due === 0) return afterLead(octet);
  if (octet < pending.low || octet > pending.high) return undefined;
  return pending.due === 1 ? NONE : pending.due === 2 ? ONE : TWO;
}

export class Utf8Validator {
  #pending: Pending | undefined = NONE;

  /** Takes the next piece; false as soon as the text cannot be valid any more. */
  push(bytes: Uint8Array): boolean {
    let i = 0;
    while (i < bytes.length && this.#pending && this.#pending.due > 0) this.#step(bytes[i++]);
    if (!this.#pending) return false;
    const bulkEnd = Math.max(i, startOfLastCodePoint(bytes));
    if (bulkEnd > i && !isUtf8(bytes.subarray(i, bulkEnd))) this.#pending = undefined;
    for (i = bulkEnd; i < bytes.length; i++) this.#step(bytes[i]);
    return this.#pending !== undefined;
  }

  /** True when all that came is valid and ends with a whole code point. */
  end(): boolean {
    return this.#pending?.due === 0;
  }

  #step(octet = 0): void {
    if (this.#pending) this.#pending = after(this.#pending, octet);
  }
}

/** Index of a lead octet among the last three bytes, else the length. */
function startOfLastCodePoint(bytes: Uint8Array): number {
  for (let i = bytes.length - 1; i >= Math.max(0, bytes.length - 3); i--) {
    if ((bytes[i] ?? 0) >= 0xc0) return i;
  }
  return bytes.length;
}

/** True when `bytes` is valid UTF-8 as a whole. */
export function isValidUtf8(bytes: Uint8Array): boolean {
  return isUtf8(bytes);
}
