import { Buffer, isUtf8 } from "node:buffer";

/**
 * Text from a peer is hostile: it may move the cursor, set the window's title, hide characters or
 * turn the direction of writing. Everything that is not seen as itself becomes an escape:
 *
 * 1. Control characters (C0, DEL, C1) and lone surrogates.
 * 2. Marks that change the direction of writing, line and paragraph separators.
 * 3. What has no width: zero-width space, byte order mark, soft hyphen, tags. The zero-width joiner
 *    and non-joiner stay between two characters that are not ASCII, where emoji and Indic scripts
 *    need them.
 *
 * A backslash stays one backslash: doubling it would spoil every JSON text.
 */
const HOSTILE =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]|(?<!\P{ASCII})[\u200c\u200d]|[\u200c\u200d](?!\P{ASCII})/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Most text has nothing else, and this is known much sooner. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** From here on, words are looked at in place of bytes. */
const WORD_LOOP_MIN = 32;

/** Whether `bytes[0, end)` show as themselves: nothing of them has to be escaped. */
export function isPrintableAscii(bytes: Uint8Array, end = bytes.length): boolean {
  if (end < WORD_LOOP_MIN) return printsFrom(bytes, 0, end);
  const aligned = (4 - (bytes.byteOffset & 3)) & 3;
  const count = (end - aligned) >>> 2;
  return (
    printsFrom(bytes, 0, aligned) &&
    wordsPrint(new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, count)) &&
    printsFrom(bytes, aligned + 4 * count, end)
  );
}

function printsFrom(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const octet = bytes[i] ?? 0;
    if (octet < 0x20 || octet > 0x7e) return false;
  }
  return true;
}

/**
 * Four octets at a time. The top bit of an octet shows that it is no ASCII; of the octet plus 0x60,
 * that it is no control character; and of the octet plus 1, that it is DEL.
 */
function wordsPrint(words: Uint32Array): boolean {
  let bad = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    bad |= word | ~(word + 0x60606060) | (word + 0x01010101);
  }
  return (bad & 0x80808080) === 0;
}

/** The text with everything hostile to a terminal made visible, as `\n`, `\x1b`, `\u202e`. */
export function escapeControl(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(HOSTILE, (char) => SHORT[char] ?? escapeCodePoint(char.codePointAt(0) ?? 0));
}

/** `\xNN` below 0x80, `\uNNNN` above, so that `\xNN` from 0x80 on is always a stray byte. */
function escapeCodePoint(codePoint: number): string {
  const hex = codePoint.toString(16);
  if (codePoint < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return codePoint > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** Bytes meant as UTF-8, escaped; a byte that is not part of valid text becomes `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isUtf8(buffer)) return escapeControl(buffer.toString("utf8"));
  let text = "";
  let from = 0;
  for (let i = 0; i < buffer.length;) {
    const length = codePointLength(buffer, i);
    if (length === 0) {
      text += `${escapeControl(buffer.toString("utf8", from, i))}\\x${buffer.toString("hex", i, i + 1)}`;
      from = i + 1;
    }
    i += Math.max(length, 1);
  }
  return text + escapeControl(buffer.toString("utf8", from));
}

/** How many bytes the valid code point at `at` has; 0 where none begins there. */
function codePointLength(buffer: Buffer, at: number): number {
  const lead = buffer[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const whole = at + length <= buffer.length && isUtf8(buffer.subarray(at, at + length));
  return whole ? length : 0;
}
