import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { HarReader } from "../capture/har-reader.ts";
import { looksLikeHar } from "../capture/har-entries.ts";
import { usageError } from "../errors.ts";
import {
  readRecording,
  type Recording,
  recordingOf,
  type RecordingOptions,
} from "../scenario/recording.ts";
import { errnoWords, isSystemError } from "../errno-words.ts";

/**
 * Reads what a recorded session sent, from NDJSON of our own or a HAR; which one is told by the
 * content. Of a HAR, connections are named by their number.
 * @param what begins the message about a file that cannot be read
 * @throws FramecatError (usage) where nothing was sent, or the file cannot be read
 */
export async function readReplay(
  path: string,
  what = "--replay",
  options: RecordingOptions = {},
): Promise<Recording> {
  try {
    const { isHar, chunks } = await peek(createReadStream(path));
    if (!isHar) return await readRecording(chunks, path, options);
    return await recordingOf(new HarReader(path).read(chunks), path, options);
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw usageError(`${what}: cannot read ${path}: ${errnoWords(thrown)}`);
  }
}

/**
 * How much faster than recorded: `2`, `0.5x`, and `max` or `0` for no waiting at all.
 * @throws FramecatError (usage)
 */
export function parseSpeed(text: string, flag = "--speed"): number {
  if (text === "max" || text === "0") return Number.POSITIVE_INFINITY;
  const speed = /^\d+(?:\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : 0;
  if (speed > 0) return speed;
  const example = "Twice as fast is 2, half as fast 0.5, without any waiting max.";
  throw usageError(`${flag} must be a factor or max, not ${JSON.stringify(text)}`, example);
}

/** Looks at as much of the beginning as tells what it is. */
async function peek(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ isHar: boolean; chunks: AsyncIterable<Uint8Array> }> {
  const source = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isHar: boolean | undefined;
  for (;;) {
    isHar = looksLikeHar(head);
    const next = isHar === undefined ? await source.next() : { done: true as const };
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return { isHar: isHar === true, chunks: joined(head, source) };
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
