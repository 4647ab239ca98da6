import { readEvents } from "../capture/read-events.ts";
import { FramecatError, usageError } from "../errors.ts";
import { asMessage } from "../rows.ts";
import { createInflate } from "../transport/inflater.ts";
import type { ReadEvent } from "../transport/read-event-lines.ts";

/**
 * The messages that frames on a wire make up: in a capture, or in frames without packets around
 * them, in any form that frame-dump reads; and those of recordings that are gzip'ed.
 * @param name of the file
 * @throws FramecatError (usage) where it is none of these
 */
export async function* wireMessages(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<ReadEvent> {
  let hasFrames = true;
  const events = readEvents(chunks, {
    name,
    raw: { createInflate },
    // A recording has its messages beside the frames.
    onFormat: (found) => void (hasFrames = found !== "ndjson" && found !== "har"),
  });
  try {
    for await (const event of events) {
      const where = `${name}, connection ${event.conn}`;
      yield { event: hasFrames ? asMessage(event) : event, where };
    }
  } catch (thrown) {
    // What is to be tried there are flags of frame-dump.
    throw thrown instanceof FramecatError ? usageError(thrown.message) : thrown;
  }
}
