import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { type Detected, detectFormat, foreignFormat, TextDetector } from "./detect.ts";
import type { Lookahead } from "./lookahead.ts";
import type { TextContent, TextFormat } from "./text-content.ts";

/** What an input of frames may be. */
export type InputFormat = TextFormat | "binary";

/** What an input tells that is neither a capture file nor events: raw bytes come as they come. */
export type InputContent =
  TextContent | { readonly kind: "bytes"; readonly chunks: AsyncIterable<Uint8Array> };

/** Text is read whole before it is understood; this much is more than anybody pastes. */
const MAX_TEXT_LENGTH = 64 * 1024 * 1024;
const MAGIC_LENGTH = 16;

/** Looks at as much of an input as tells what it is: some bytes, and of what begins like JSON more. */
export async function detectInput(source: Lookahead): Promise<Detected> {
  for (;;) {
    const found = detectFormat(source.view());
    if (found) return found;
    if (!(await source.more())) return detectFormat(source.view(), true) ?? "text or binary";
  }
}

/**
 * What an input of frames tells, as text or as bytes.
 * @param name of the input, for messages
 * @throws FramecatError (usage) where the input is empty, of a foreign format, or text that tells no
 * bytes
 */
export async function readInput(
  source: Lookahead,
  name: string,
  format: InputFormat = "auto",
): Promise<InputContent> {
  if (source.length === 0 && !(await source.more())) throw usageError(`${name} is empty`);
  if (format === "binary") return { kind: "bytes", chunks: source.all() };
  if (format === "auto") refuseForeign(source, name);
  if (!(await readsAsText(source, name, format))) return { kind: "bytes", chunks: source.all() };
  const { readText } = await import("./text-content.ts");
  const { buffer, byteOffset, length } = source.view();
  return readText(Buffer.from(buffer, byteOffset, length).toString("utf8"), name, format);
}

/** Looks at all of the input, or at as much of it as shows that it is no text. */
async function readsAsText(source: Lookahead, name: string, format: TextFormat): Promise<boolean> {
  const detector = new TextDetector();
  const isText = (piece: Uint8Array): boolean => format !== "auto" || detector.push(piece);
  if (!source.held.every(isText)) return false;
  for (let piece = await source.more(); piece; piece = await source.more()) {
    if (!isText(piece)) return false;
    if (source.length > MAX_TEXT_LENGTH) throw tooLong(name);
  }
  return format !== "auto" || detector.end();
}

function refuseForeign(source: Lookahead, name: string): void {
  const foreign = foreignFormat(source.view().subarray(0, MAGIC_LENGTH));
  if (!foreign) return;
  const binary = "--input-format binary takes it for raw frames all the same.";
  throw usageError(`${name} is ${foreign.what}`, `${foreign.hint} ${binary}`);
}

function tooLong(name: string): Error {
  return usageError(
    `${name} is text of more than ${MAX_TEXT_LENGTH / 2 ** 20} MiB`,
    "Turn it into bytes first, as with xxd -r -p.",
  );
}
