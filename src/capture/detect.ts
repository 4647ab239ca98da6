import { Utf8Validator } from "../protocol/utf8.ts";

/**
 * Tells text from raw frames as the bytes come.
 *
 * A frame rarely begins with a character: its first octet is 0x80–0x8A, or below 0x10. So text is
 * what begins with a printable character or a blank, holds no control characters, and is UTF-8. It
 * stays text until a byte proves otherwise.
 */
export class TextDetector {
  readonly #utf8 = new Utf8Validator();
  #text = true;

  /** Takes the next piece; false from the first byte on that no text holds. */
  push(piece: Uint8Array): boolean {
    this.#text &&= this.#utf8.push(piece) && !piece.some(isControl);
    return this.#text;
  }

  /** The input has ended: false where a character is cut. */
  end(): boolean {
    return this.#text && this.#utf8.end();
  }
}

/** A control character other than tab, newlines and form feed. */
function isControl(octet: number): boolean {
  return octet < 0x09 || (octet > 0x0d && octet < 0x20) || octet === 0x7f;
}

/** Formats that begin like nothing else, and that hold more than frames. */
const MAGIC: readonly (readonly [digits: string, name: string])[] = [
  ["d4c3b2a1", "a pcap capture"],
  ["a1b2c3d4", "a pcap capture"],
  ["4d3cb2a1", "a pcap capture"],
  ["a1b23c4d", "a pcap capture"],
  ["0a0d0d0a", "a pcapng capture"],
  ["1f8b08", "gzip"],
];

/** What the file is, where it is surely no raw frames. */
export function foreignFormat(head: Uint8Array): string | undefined {
  const digits = Array.from(head.subarray(0, 4), (o) => o.toString(16).padStart(2, "0")).join("");
  return MAGIC.find(([magic]) => digits.startsWith(magic))?.[1];
}
