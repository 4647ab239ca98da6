import { usageError } from "../errors.ts";
import type { Cutter, Piece } from "./fragments.ts";
import { LineSplitter } from "./split-lines.ts";

export type DigitForm = "hex" | "base64";

/**
 * Makes each line of hex or base64 a binary message; an empty line is an empty one. Spaces between
 * digits do not count. A line of any length is decoded as it is read.
 */
export class DigitLines implements Cutter {
  readonly #form: DigitForm;
  readonly #lines: LineSplitter;
  /** Digits of the line that wait for what follows them. */
  #held = "";
  #line = 1;

  /** @param limit of the digits that are decoded at a time */
  constructor(form: DigitForm, limit?: number) {
    this.#form = form;
    this.#lines = new LineSplitter({ binary: true, ...(limit !== undefined && { limit }) });
  }

  get pending(): boolean {
    return this.#lines.pending;
  }

  *push(chunk: Buffer): Iterable<Piece> {
    for (const piece of this.#lines.push(chunk)) yield* this.#decode(piece);
  }

  *end(): Iterable<Piece> {
    for (const piece of this.#lines.end()) yield* this.#decode(piece);
  }

  *#decode({ bytes, fin }: Piece): Iterable<Piece> {
    const digits = this.#held + Buffer.from(bytes).toString("latin1").replaceAll(/\s+/g, "");
    const end = fin ? digits.length : digits.length - (digits.length % 4 || 4);
    this.#held = fin ? "" : digits.slice(Math.max(0, end));
    const whole = digits.slice(0, Math.max(0, end));
    // Padding is for the end of the line alone.
    if (!IS_VALID[this.#form](whole) || (!fin && whole.includes("="))) {
      throw usageError(`line ${this.#line} of stdin is not ${this.#form}`);
    }
    if (fin) this.#line += 1;
    const decoded = Buffer.from(whole, this.#form);
    if (fin || decoded.length > 0) yield { bytes: decoded, fin, binary: true };
  }
}

const IS_VALID: Readonly<Record<DigitForm, (digits: string) => boolean>> = {
  hex: (digits) => digits.length % 2 === 0 && /^[\da-f]*$/i.test(digits),
  base64: isBase64,
};

/** In either alphabet, with its padding or without. */
export function isBase64(digits: string): boolean {
  if (!/^[\w+/-]*={0,2}$/.test(digits)) return false;
  const padding = digits.indexOf("=");
  if (padding === -1) return digits.length % 4 !== 1;
  return padding % 4 > 1 && digits.length % 4 === 0;
}
