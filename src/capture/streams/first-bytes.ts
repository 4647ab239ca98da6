import { Buffer } from "node:buffer";
import { isServerPreface } from "../http2/http2-frame.ts";

/** What speaks like this; `more` where a few bytes further tell. */
export type Opening = "request" | "response" | "http2" | "http2Server" | "tls" | "other" | "more";

/** Enough to tell any of them. */
const LOOK = 24;
const HTTP2_PREFACE = "PRI * HTTP/2.0";
const RESPONSE = "HTTP/1.";
/** Its first line, digits as 0: the rest of a request line whose beginning is missing has no status. */
const STATUS_LINE = "HTTP/0.0 000";
/** A method in capitals, and the first character of a target. */
const REQUEST = /^[A-Z][A-Z-]{2,15} [/*A-Za-z0-9[]/;
const METHOD = /^[A-Z][A-Z-]{0,15} ?$/;

/** What begins with `bytes[start, end)`. */
export function openingOf(bytes: Uint8Array, start: number, end: number): Opening {
  const first = bytes[start];
  if (first === undefined || start >= end) return "more";
  if (first === 0) return serverHttp2Opening(bytes, start, end);
  if (first === 0x16) return tlsOpening(bytes, start, end);
  if (first < 0x41 || first > 0x5a) return "other";
  const { buffer, byteOffset } = bytes;
  const text = Buffer.from(buffer, byteOffset + start, Math.min(LOOK, end - start)).toString(
    "latin1",
  );
  if (text.startsWith(HTTP2_PREFACE)) return "http2";
  if (text.startsWith(RESPONSE)) return responseOpening(text);
  if (RESPONSE.startsWith(text) || HTTP2_PREFACE.startsWith(text)) return "more";
  if (REQUEST.test(text)) return "request";
  return METHOD.test(text) ? "more" : "other";
}

function responseOpening(text: string): Opening {
  const shape = text.slice(0, STATUS_LINE.length).replace(/\d/g, "0");
  if (shape === STATUS_LINE) return "response";
  return STATUS_LINE.startsWith(shape) ? "more" : "other";
}

/** SETTINGS, which an HTTP/2 server may send before anything of the client comes. */
function serverHttp2Opening(bytes: Uint8Array, start: number, end: number): Opening {
  const is = isServerPreface(bytes, start, end);
  if (is === undefined) return "more";
  return is ? "http2Server" : "other";
}

/** A handshake record (RFC 8446, section 5.1) with a hello in it. */
function tlsOpening(bytes: Uint8Array, start: number, end: number): Opening {
  const known = Math.min(end - start, 6);
  const fits =
    (known < 2 || bytes[start + 1] === 3) &&
    (known < 3 || (bytes[start + 2] ?? 0) <= 4) &&
    (known < 6 || bytes[start + 5] === 1 || bytes[start + 5] === 2);
  if (!fits) return "other";
  return known < 6 ? "more" : "tls";
}

/** Whether a TLS record may begin here: what a capture that begins late shows of such a connection. */
export function isTlsRecord(bytes: Uint8Array, start: number, end: number): boolean {
  const type = bytes[start] ?? 0;
  if (end - start < 5 || type < 0x14 || type > 0x17) return false;
  return (
    bytes[start + 1] === 3 && (bytes[start + 2] ?? 9) <= 4 && (bytes[start + 3] ?? 0xff) <= 0x42
  );
}
