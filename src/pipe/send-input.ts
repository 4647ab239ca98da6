import type { Readable } from "node:stream";
import { FramecatError, messageOf, usageError } from "../errors.ts";
import type { Delivery } from "./delivery.ts";
import type { Cutter, Piece } from "./fragments.ts";
import { createCutter, type InputFormat } from "./input-format.ts";

/** How an input became messages. */
export interface Sent {
  /** Messages of the input that were not to be sent, as its format has it. */
  readonly skipped: number;
}

/**
 * Sends an input to its end, no faster than the connection takes it. It stops when the connection has
 * come to its end, and when the input is destroyed, which is how its reading is ended from outside.
 * @throws FramecatError (usage) for what the format cannot read, and for an input that cannot be read
 */
export async function sendInput(
  delivery: Delivery,
  input: Readable,
  format: InputFormat,
): Promise<Sent> {
  const cutter = createCutter(format);
  try {
    await sendAll(delivery, input, cutter);
  } catch (thrown) {
    if (thrown instanceof FramecatError) throw thrown;
    if (input.errored) throw usageError(`cannot read stdin: ${messageOf(input.errored)}`);
    if (!input.destroyed) throw thrown;
    if (cutter.pending || input.readableLength > 0) delivery.lose();
  }
  return { skipped: cutter.skipped ?? 0 };
}

async function sendAll(delivery: Delivery, input: Readable, cutter: Cutter): Promise<void> {
  for await (const chunk of input) {
    if (!(await sendPieces(delivery, cutter.push(toBuffer(chunk))))) return;
  }
  await sendPieces(delivery, cutter.end());
}

/** False when the connection has come to its end. */
async function sendPieces(delivery: Delivery, pieces: Iterable<Piece>): Promise<boolean> {
  for (const piece of pieces) if (!(await delivery.send(piece))) return false;
  return true;
}

function toBuffer(chunk: unknown): Buffer {
  if (chunk instanceof Buffer) return chunk;
  if (!(chunk instanceof Uint8Array)) return Buffer.from(String(chunk));
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}
