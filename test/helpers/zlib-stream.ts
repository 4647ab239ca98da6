import { deflateRawSync } from "node:zlib";
import { utf8 } from "./bytes.ts";

/** Compresses messages that refer to earlier ones, as permessage-deflate does (RFC 7692, 7.2.1). */
export class ZlibStream {
  #before = new Uint8Array(0);

  push(text: string): Uint8Array {
    const bytes = utf8(text);
    const dictionary = this.#before.length > 0 ? { dictionary: this.#before } : {};
    this.#before = new Uint8Array(Buffer.concat([this.#before, bytes]));
    return deflateRawSync(bytes, { ...dictionary, finishFlush: 2 }).subarray(0, -4);
  }
}
