import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { foreignFormat, TextDetector } from "./detect.ts";
import { parseHex } from "./hex.ts";

export type InputFormat = "auto" | "hex" | "binary";

/** Text is read whole before it is understood; this much is more than anybody pastes. */
const MAX_TEXT_LENGTH = 64 * 1024 * 1024;

/**
 * The bytes that an input tells: those of hex text at once, raw ones as they come.
 * @param name of the input, for messages
 * @throws FramecatError (usage) where the input is empty, or text that is not hex
 */
export async function* readBytes(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  format: InputFormat = "auto",
): AsyncGenerator<Uint8Array> {
  const detector = new TextDetector();
  const text: Uint8Array[] = [];
  let length = 0;
  let mode = format;
  for await (const chunk of chunks) {
    if (length === 0 && mode === "auto") refuseForeign(chunk, name);
    length += chunk.length;
    if (mode === "auto" && !detector.push(chunk)) mode = "binary";
    if (mode !== "binary") {
      if (length > MAX_TEXT_LENGTH) throw tooLong(name);
      text.push(chunk);
      continue;
    }
    yield* text.splice(0);
    yield chunk;
  }
  if (length === 0) throw usageError(`${name} is empty`);
  if (mode === "auto" && !detector.end()) mode = "binary";
  if (mode === "binary") yield* text;
  else yield hexBytes(Buffer.concat(text).toString("utf8"), name);
}

/** The bytes of hex text. @throws FramecatError (usage) telling the place where it is no hex */
function hexBytes(text: string, name: string): Uint8Array {
  const result = parseHex(text);
  if (!result.ok) {
    const { line, column, message } = result.error;
    throw usageError(
      `${name}, line ${line}, column ${column}: ${message}`,
      "Raw frames that look like text need --input-format binary.",
    );
  }
  if (result.bytes.length === 0) throw usageError(`${name} holds no bytes`);
  return result.bytes;
}

function refuseForeign(head: Uint8Array, name: string): void {
  const format = foreignFormat(head);
  if (format === undefined) return;
  throw usageError(
    `${name} is ${format}, not raw frames`,
    "Give the bytes of one direction alone.",
  );
}

function tooLong(name: string): Error {
  return usageError(
    `${name} is text of more than ${MAX_TEXT_LENGTH / 2 ** 20} MiB`,
    "Turn it into bytes first, as with xxd -r -p.",
  );
}
