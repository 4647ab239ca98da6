import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import type { Aead } from "./cipher-suites.ts";
import type { WriteKeys } from "./key-schedule.ts";
import { RECORD_HEADER_LENGTH, type TlsRecord } from "./record.ts";

const NONCE_LENGTH = 12;
const EXPLICIT_LENGTH = 8;
/** Sequence numbers that are tried for a record of which the number is not known. */
export const SEARCH_WINDOW = 1024;
/** What trying one key on a record costs, as bytes that could be decrypted in that time. */
const TRIAL_COST = 12_288;

/**
 * Decrypts the records of one direction, as long as its keys are the same.
 *
 * 1. A record has no number on the wire: it is counted, and part of the nonce or of what is
 *    authenticated. A record that verifies has, beyond doubt, the number that it was tried with.
 * 2. TLS 1.3 authenticates the header (RFC 8446, section 5.2); TLS 1.2 the number, the header and
 *    the length of the content (RFC 5246, section 6.2.3.3).
 * 3. The nonce is IV xor number; in TLS 1.2 with AES it is IV and eight bytes in front of the record
 *    (RFC 5288, RFC 6655).
 * 4. After a loss, the number is found where it can be told from the record itself: most senders of
 *    TLS 1.2 count up the eight bytes, and a GCM tag can be solved for the nonce. Otherwise a window
 *    of numbers is tried.
 */
export class RecordCipher {
  /** Bytes that a record's body is longer than its content, without padding. */
  readonly overhead: number;
  /** Those of them that are not encrypted. */
  readonly #clear: number;
  readonly #aead: Aead;
  readonly #keys: WriteKeys;
  readonly #is13: boolean;
  readonly #explicitLength: 0 | 8;
  readonly #nonce: Buffer;
  readonly #header: Buffer;
  /** A record that has verified: its number, and the explicit part of its nonce. */
  #known: { readonly sequence: number; readonly explicit: bigint } | undefined;
  /** The sender was seen to count up the explicit part with each record. */
  #isCounting = false;

  constructor(version: "1.2" | "1.3", aead: Aead, keys: WriteKeys) {
    this.#aead = aead;
    this.#keys = keys;
    this.#is13 = version === "1.3";
    this.#explicitLength = keys.iv.length < NONCE_LENGTH ? EXPLICIT_LENGTH : 0;
    this.#clear = this.#explicitLength + aead.tagLength;
    this.overhead = this.#clear + (this.#is13 ? 1 : 0);
    this.#nonce = Buffer.alloc(NONCE_LENGTH);
    this.#header = Buffer.alloc(this.#is13 ? RECORD_HEADER_LENGTH : 8 + RECORD_HEADER_LENGTH);
  }

  /** The content of the record of that number; undefined where it does not verify. */
  open(record: TlsRecord, sequence: number): Uint8Array | undefined {
    const { body } = record;
    const length = body.length - this.#clear;
    if (length < 0) return undefined;
    const sealed = body.subarray(this.#explicitLength, body.length - this.#aead.tagLength);
    const decipher = this.#decipher(body, sequence);
    decipher.setAuthTag(body.subarray(body.length - this.#aead.tagLength));
    decipher.setAAD(this.#authenticated(record, sequence, length), { plaintextLength: length });
    try {
      const content = decipher.update(sealed);
      decipher.final();
      this.#remember(body, sequence);
      return content;
    } catch {
      return undefined;
    }
  }

  /** The number of a record, at least `from`; undefined where none is found. */
  findSequence(record: TlsRecord, from: number): number | undefined {
    if (record.body.length < this.#clear) return undefined;
    const verifies = (sequence: number | undefined): sequence is number =>
      sequence !== undefined &&
      Number.isSafeInteger(sequence) &&
      sequence >= from &&
      this.open(record, sequence) !== undefined;
    if (this.#solves) {
      const solved = this.#solve(record);
      return verifies(solved) ? solved : undefined;
    }
    const counted = this.#countUp(record.body);
    if (verifies(counted)) return counted;
    if (this.#isCounting) return undefined;
    for (let sequence = from; sequence < from + SEARCH_WINDOW; sequence++) {
      if (verifies(sequence)) return sequence;
    }
    return undefined;
  }

  /** What looking for a number in vain costs, as bytes that could be decrypted in that time. */
  searchCost(length: number): number {
    return (this.#solves || this.#isCounting ? 4 : SEARCH_WINDOW) * (length + TRIAL_COST);
  }

  /** The tag tells the nonce, because all else that it depends on is known. */
  get #solves(): boolean {
    return this.#is13 && this.#aead.cipher.endsWith("gcm");
  }

  #decipher(body: Uint8Array, sequence: number) {
    const { cipher, tagLength } = this.#aead;
    const nonce = this.#nonceOf(body, sequence);
    const options = { authTagLength: tagLength };
    return createDecipheriv(cipher as CipherGCMTypes, this.#keys.key, nonce, options);
  }

  #nonceOf(body: Uint8Array, sequence: number): Buffer {
    const nonce = this.#nonce;
    nonce.set(this.#keys.iv);
    if (this.#explicitLength > 0) {
      nonce.set(body.subarray(0, EXPLICIT_LENGTH), NONCE_LENGTH - EXPLICIT_LENGTH);
    } else {
      nonce.writeUInt32BE((nonce.readUInt32BE(4) ^ (sequence / 2 ** 32)) >>> 0, 4);
      nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
    }
    return nonce;
  }

  #authenticated({ type, version, body }: TlsRecord, sequence: number, length: number): Buffer {
    const header = this.#header;
    const at = header.length - RECORD_HEADER_LENGTH;
    if (at > 0) {
      header.writeUInt32BE(Math.floor(sequence / 2 ** 32), 0);
      header.writeUInt32BE(sequence >>> 0, 4);
    }
    header.writeUInt8(type, at);
    header.writeUInt16BE(version, at + 1);
    header.writeUInt16BE(this.#is13 ? body.length : length, at + 3);
    return header;
  }

  #remember(body: Uint8Array, sequence: number): void {
    if (this.#explicitLength === 0) return;
    const explicit = explicitOf(body);
    this.#isCounting = this.#known !== undefined && this.#countUp(body) === sequence;
    this.#known = { sequence, explicit };
  }

  /** The number as counted by the explicit part of the nonce. */
  #countUp(body: Uint8Array): number | undefined {
    if (this.#explicitLength === 0) return undefined;
    const explicit = explicitOf(body);
    const known = this.#known ?? { sequence: 0, explicit: 0n };
    return known.sequence + Number(explicit - known.explicit);
  }

  /**
   * A GCM tag is GHASH(header, ciphertext) xor E(nonce, 1), and only the latter depends on the nonce
   * (NIST SP 800-38D, section 7). Encrypting the same ciphertext with a nonce of our own gives
   * GHASH; then E is known, and decrypting it gives the sender's nonce.
   */
  #solve(record: TlsRecord): number | undefined {
    const { cipher } = this.#aead;
    const { key, iv } = this.#keys;
    const { body } = record;
    const sealed = body.subarray(0, body.length - this.#clear);
    const content = createDecipheriv(cipher as CipherGCMTypes, key, iv).update(sealed);
    const again = createCipheriv(cipher as CipherGCMTypes, key, iv);
    again.setAAD(this.#authenticated(record, 0, content.length));
    again.update(content);
    again.final();
    const block = Buffer.concat([iv, Uint8Array.of(0, 0, 0, 1)]);
    const bare = `aes-${key.length * 8}-ecb`;
    const ours = createCipheriv(bare, key, null).setAutoPadding(false).update(block);
    const theirs = xor(xor(ours, again.getAuthTag()), body.subarray(-this.#clear));
    const start = createDecipheriv(bare, key, null).setAutoPadding(false).update(theirs);
    const number = xor(start, block);
    // The nonce is 12 bytes, whose first four are the IV's, and the block counter behind it is 1.
    if (number.readUInt32BE(0) !== 0 || number.readUInt32BE(12) !== 0) return undefined;
    return Number(number.readBigUInt64BE(4));
  }
}

function explicitOf(body: Uint8Array): bigint {
  return Buffer.from(body.subarray(0, EXPLICIT_LENGTH)).readBigUInt64BE();
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((octet, i) => octet ^ (b[i] ?? 0)));
}
