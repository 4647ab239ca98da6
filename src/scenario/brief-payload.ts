import { Buffer } from "node:buffer";

/** Characters of a text, and bytes of anything else, that are told. */
const MAX_CHARS = 60;
const MAX_BYTES = 16;

/**
 * A payload in a few words, for a sentence: `"hello"`, `{"type":"pong"}`, `binary 01 02 (2 B)`. What
 * came from a peer still has to be escaped where it is printed.
 */
export function briefPayload(payload: Uint8Array, kind: "text" | "binary"): string {
  const { buffer, byteOffset, length } = payload;
  const bytes = Buffer.from(buffer, byteOffset, length);
  if (kind === "binary") return briefBytes(bytes);
  // A character has at most four bytes.
  return quote(bytes.subarray(0, (MAX_CHARS + 1) * 4).toString("utf8"));
}

/** A text in quotes, cut where it is long; as it is where it holds quotes itself, as JSON does. */
export function quote(text: string): string {
  const chars = Array.from(text.slice(0, (MAX_CHARS + 1) * 2));
  const cut = chars.length > MAX_CHARS ? `${chars.slice(0, MAX_CHARS - 1).join("")}…` : text;
  return cut.includes('"') ? cut : `"${cut}"`;
}

function briefBytes(bytes: Buffer): string {
  const digits = bytes.toString("hex", 0, MAX_BYTES).replace(/..(?=.)/g, "$& ");
  const shown = bytes.length > MAX_BYTES ? `${digits} …` : digits;
  return `binary ${shown}${shown === "" ? "" : " "}(${bytes.length} B)`;
}
