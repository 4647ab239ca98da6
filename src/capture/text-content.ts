import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { looksLikeBase64, parseBase64 } from "./base64-text.ts";
import { foreignText } from "./detect.ts";
import { type HexError, type HexResult, parseHex, type Run, splitLines } from "./hex.ts";
import { capturedPacket, parsePacketDump } from "./packet-dump.ts";

/** What a text holds: frames, by who sent them where that is told, or a capture. */
export type TextContent =
  | { readonly kind: "frames"; readonly runs: readonly Run[] }
  | { readonly kind: "capture"; readonly bytes: Uint8Array };

export type TextFormat = "auto" | "hex" | "base64";

/**
 * What a text tells.
 *
 * 1. A dump of packets is a capture, and so are the bytes of one packet; what begins with an HTTP
 *    head, and not in hex, is raw bytes.
 * 2. What can be hex is hex, also where it could be base64.
 * 3. What is no hex and looks like base64 is base64.
 * 4. Otherwise it is hex with a mistake, unless its beginning tells what else it is.
 * @param name of the input, for messages
 * @throws FramecatError (usage) telling the line and the column
 */
export function readText(text: string, name: string, format: TextFormat = "auto"): TextContent {
  refuseLines(text, name);
  if (format === "base64") return contentOf(parseBase64(text), name, format);
  if (format === "auto" && /^(?:GET \S+ HTTP|HTTP)\/1\.\d/.test(text)) return rawText(text);
  const packets = parsePacketDump(splitLines(text));
  if (packets?.ok) return { kind: "capture", bytes: packets.pcap };
  if (packets) throw placed(packets.error, name, format);
  const hex = parseHex(text);
  if (hex.ok || format === "hex") return contentOf(hex, name, format);
  if (looksLikeBase64(text)) return contentOf(parseBase64(text), name, format);
  const foreign = foreignText(text);
  if (foreign) throw usageError(`${name} is ${foreign.what}`, foreign.hint);
  return contentOf(hex, name, format);
}

/** Each line costs memory of its own. */
const MAX_LINES = 2 ** 21;

function refuseLines(text: string, name: string): void {
  let count = 0;
  for (const _ of text.matchAll(/\r\n|\r|\n/g)) if (++count > MAX_LINES) break;
  if (count <= MAX_LINES) return;
  const bytes = "Turn it into bytes first, as with xxd -r.";
  throw usageError(`${name} is text of more than ${MAX_LINES} lines`, bytes);
}

/** A handshake without a frame behind it is text throughout. */
function rawText(text: string): TextContent {
  return { kind: "frames", runs: [{ side: 0, bytes: Buffer.from(text, "utf8") }] };
}

function contentOf(result: HexResult, name: string, format: TextFormat): TextContent {
  if (!result.ok) throw placed(result.error, name, format);
  if (result.bytes.length === 0) throw usageError(`${name} holds no bytes`);
  const pcap = result.runs ? undefined : capturedPacket(result.bytes);
  if (pcap) return { kind: "capture", bytes: pcap };
  return { kind: "frames", runs: result.runs ?? [{ side: 0, bytes: result.bytes }] };
}

function placed({ line, column, message }: HexError, name: string, format: TextFormat): Error {
  const hint =
    format === "base64"
      ? "Hex needs --input-format hex."
      : "Raw frames that look like text need --input-format binary.";
  return usageError(`${name}, line ${line}, column ${column}: ${message}`, hint);
}
