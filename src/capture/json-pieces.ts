import { Buffer } from "node:buffer";

/** Bytes that are turned into text at a time: a multiple of 3, so that base64 goes on seamlessly. */
const SLICE = 3 * 16 * 1024;

/** The inside of a JSON string that holds the text; what is no UTF-8 is U+FFFD there. */
export function* textPieces(bytes: Uint8Array): Generator<string> {
  if (bytes.length <= SLICE) {
    yield inside(bufferOf(bytes).toString("utf8"));
    return;
  }
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (let at = 0; at < bytes.length; at += SLICE) {
    yield inside(decoder.decode(bytes.subarray(at, at + SLICE), { stream: true }));
  }
  yield inside(decoder.decode());
}

/** The bytes as base64. */
export function* base64Pieces(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at < bytes.length; at += SLICE) {
    yield bufferOf(bytes.subarray(at, at + SLICE)).toString("base64");
  }
}

/** What JSON writes between the quotes. */
function inside(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
