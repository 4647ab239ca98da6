import { Buffer } from "node:buffer";
import { sha1 } from "./sha1.ts";

/** The version of the protocol that RFC 6455 defines. */
export const WEBSOCKET_VERSION = "13";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** The value of Sec-WebSocket-Accept that answers `key` (section 4.2.2). */
export function acceptKey(key: string): string {
  return Buffer.from(sha1(Buffer.from(acceptInput(key), "latin1"))).toString("base64");
}

/** What the SHA-1 of is the accept key of `key`, before it is put in base64. */
export function acceptInput(key: string): string {
  return key + GUID;
}

/** True when `key` is the base64 form of 16 bytes (section 4.1). */
export function isValidKey(key: string): boolean {
  return KEY.test(key);
}

/** Makes a Sec-WebSocket-Key of 16 random bytes. */
export function encodeKey(random: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = random;
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
