import { createReadStream } from "node:fs";
import { HarReader } from "../capture/har-reader.ts";
import { detectInput } from "../capture/input.ts";
import { Lookahead } from "../capture/lookahead.ts";
import { errnoWords, isSystemError } from "../errno-words.ts";
import { FramecatError, usageError } from "../errors.ts";
import {
  readRecording,
  type Recording,
  recordingOf,
  type RecordingOptions,
} from "../scenario/recording.ts";

/**
 * Reads what a recorded session sent, from NDJSON of our own, a HAR, or anything else that
 * frame-dump reads; what it is is told by the content. Of all but NDJSON, connections are named by
 * their number.
 * @param what begins the message about a file that cannot be read
 * @throws FramecatError (usage) where nothing was sent, or the file cannot be read
 */
export async function readReplay(
  path: string,
  what = "--replay",
  options: RecordingOptions = {},
): Promise<Recording> {
  const source = new Lookahead(createReadStream(path));
  try {
    return await readSession(source, path, options);
  } catch (thrown) {
    if (isSystemError(thrown)) {
      throw usageError(`${what}: cannot read ${path}: ${errnoWords(thrown)}`);
    }
    if (!(thrown instanceof FramecatError) || thrown.hint !== undefined) throw thrown;
    throw usageError(thrown.message, `\`framecat frame-dump ${path}\` shows what it holds.`);
  } finally {
    await source.close();
  }
}

async function readSession(
  source: Lookahead,
  path: string,
  options: RecordingOptions,
): Promise<Recording> {
  const found = await detectInput(source);
  if (found === "ndjson") return readRecording(source.all(), path, options);
  if (found === "har") return recordingOf(new HarReader(path).read(source.all()), path, options);
  // Loaded only now: few replay a capture.
  const { wireMessages } = await import("./wire-messages.ts");
  return recordingOf(wireMessages(source.all(), path), path, options);
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
