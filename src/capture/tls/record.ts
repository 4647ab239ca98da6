/** Types of records (RFC 8446, section 5.1). */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
export const HEARTBEAT = 24;

export const RECORD_HEADER_LENGTH = 5;
/** Content of 2^14 bytes, and what encrypting may add (RFC 5246, section 6.2.3). */
export const MAX_RECORD_BODY = 2 ** 14 + 2048;

/** A record as it is on the wire. */
export interface TlsRecord {
  readonly type: number;
  /** As it stands in the header: 0x0303 for TLS 1.2 and 1.3. */
  readonly version: number;
  /** What follows the header; a view that is valid until the call returns. */
  readonly body: Uint8Array;
  /** Where its header begins in the bytes of the direction. */
  readonly offset: number;
  /** When its last byte came. */
  readonly tsNs: bigint;
}

/** Whether a record may begin at `at`. The header must be there as a whole. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at] ?? 0;
  const knownType = type >= CHANGE_CIPHER_SPEC && type <= HEARTBEAT;
  return knownType && bytes[at + 1] === 3 && (bytes[at + 2] ?? 255) <= 4 && fits(bytes, at);
}

/** The same, of a record that is or could be encrypted, by which a lost border is found again. */
export function isLateRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at] ?? 0;
  const knownType = type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA;
  return knownType && bytes[at + 1] === 3 && bytes[at + 2] === 3 && fits(bytes, at);
}

export function bodyLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
}

function fits(bytes: Uint8Array, at: number): boolean {
  return bodyLength(bytes, at) <= MAX_RECORD_BODY;
}

const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;

/** `looksLikeTls` needs so many bytes to say yes. */
export const TLS_DETECTION_LENGTH = 6;

/** Whether one direction of a connection begins, or goes on, with TLS: a hello, or a later record. */
export function looksLikeTls(bytes: Uint8Array): boolean {
  if (bytes.length < TLS_DETECTION_LENGTH || !isRecordHeader(bytes, 0)) return false;
  if (bodyLength(bytes, 0) === 0) return false;
  const [type, , , , , message] = bytes;
  if (type === HANDSHAKE && (message === CLIENT_HELLO || message === SERVER_HELLO)) return true;
  return isLateRecordHeader(bytes, 0);
}
