import type { Readable } from "node:stream";
import { FramecatError, messageOf, usageError } from "../errors.ts";
import { Utf8Validator } from "../protocol/utf8.ts";
import type { Connection } from "../transport/connection.ts";
import { LineSplitter, type Piece } from "./split-lines.ts";

/** Lines up to this long go as one frame, longer ones as fragments. */
const MAX_LINE_FRAME = 1024 * 1024;

/** How an input became messages. */
export interface Sent {
  /** False when the connection ended while there still was something to send. */
  readonly whole: boolean;
}

/**
 * Sends an input to its end: each line as a text message or, with `binary`, each chunk as it is
 * read. It reads no faster than the connection takes it, and stops when the connection has ended.
 * @throws FramecatError (usage) for a line that is not UTF-8, which no text message can carry, and
 * for an input that cannot be read
 */
export async function sendInput(
  connection: Connection,
  input: Readable,
  { binary }: { readonly binary: boolean },
): Promise<Sent> {
  const pieces = binary ? chunksOf(input) : linesOf(input);
  void connection.closed.then(() => input.destroy());
  try {
    for await (const { bytes, fin } of pieces) {
      if (connection.state !== "OPEN") return { whole: false };
      await connection.send(bytes, { binary, fin });
    }
  } catch (thrown) {
    // Destroying the input of a connection that has ended fails its reading, as it should.
    if (thrown instanceof FramecatError) throw thrown;
    if (connection.state === "OPEN") throw usageError(`cannot read stdin: ${messageOf(thrown)}`);
  }
  return { whole: true };
}

async function* chunksOf(input: Readable): AsyncIterable<Piece> {
  for await (const chunk of input) yield { bytes: toBytes(chunk), fin: true };
}

async function* linesOf(input: Readable): AsyncIterable<Piece> {
  const splitter = new LineSplitter(MAX_LINE_FRAME);
  const check = utf8Check();
  for await (const chunk of input) {
    for (const piece of splitter.push(toBytes(chunk))) yield check(piece);
  }
  for (const piece of splitter.end()) yield check(piece);
}

function toBytes(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
}

/** Passes pieces on as long as they are UTF-8, fragments of one line together. */
function utf8Check(): (piece: Piece) => Piece {
  let line = 1;
  let validator = new Utf8Validator();
  return (piece) => {
    if (!validator.push(piece.bytes) || (piece.fin && !validator.end())) {
      throw usageError(`line ${line} of stdin is not UTF-8`, "Send it with --binary.");
    }
    if (piece.fin) {
      line += 1;
      validator = new Utf8Validator();
    }
    return piece;
  };
}
