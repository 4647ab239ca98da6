import { Gather } from "../../protocol/gather.ts";

/** Types of handshake messages (RFC 8446, section 4) that decrypting depends on. */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const ENCRYPTED_EXTENSIONS = 8;
export const FINISHED = 20;
export const KEY_UPDATE = 24;

const KEPT = new Set([CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED, KEY_UPDATE]);
const HEADER_LENGTH = 4;
/** Hellos have a few hundred bytes, a few thousand with post-quantum keys. */
const MAX_MESSAGE_LENGTH = 65_536;

/**
 * Handshake messages out of the contents of handshake records, however they lie across them. Only
 * those above are told; the others, such as certificates, are passed over.
 */
export class HandshakeReader {
  readonly #tell: (type: number, body: Uint8Array) => void;
  readonly #message = new Gather();
  /** Bytes of a message that is passed over. */
  #skip = 0;

  constructor(tell: (type: number, body: Uint8Array) => void) {
    this.#tell = tell;
  }

  push(content: Uint8Array): void {
    let at = 0;
    while (at < content.length) {
      const wanted = this.#skip > 0 ? this.#skip : this.#missing();
      const end = Math.min(content.length, at + wanted);
      if (this.#skip > 0) this.#skip -= end - at;
      else this.#append(content, at, end);
      at = end;
    }
  }

  /** Something is missing: what comes next begins with a message, as far as can be known. */
  lose(): void {
    this.#message.take();
    this.#skip = 0;
  }

  /** Bytes that the header, or the message, still lacks. */
  #missing(): number {
    const { length } = this.#message;
    if (length < HEADER_LENGTH) return HEADER_LENGTH - length;
    return HEADER_LENGTH + bodyLength(this.#message.view()) - length;
  }

  #append(content: Uint8Array, start: number, end: number): void {
    this.#message.append(content, this.#message.length + this.#missing(), start, end);
    if (this.#message.length < HEADER_LENGTH) return;
    const message = this.#message.view();
    const [type = 0] = message;
    const length = bodyLength(message);
    if (!KEPT.has(type) || length > MAX_MESSAGE_LENGTH) {
      this.#message.take();
      this.#skip = length;
    } else if (this.#missing() === 0) {
      const body = this.#message.take().subarray(HEADER_LENGTH);
      this.#tell(type, body);
    }
  }
}

function bodyLength(message: Uint8Array): number {
  const [, high = 0, middle = 0, low = 0] = message;
  return (high << 16) | (middle << 8) | low;
}
