import type { Event } from "../transport/events.ts";
import { type FollowEnd, followFile, type FollowOptions } from "./follow-file.ts";
import { Lookahead } from "./lookahead.ts";
import { readEventBatches, type ReadOptions } from "./read-events.ts";

/**
 * The events of a file that grows, until it is stopped. Text alone is understood at its end.
 *
 * Where the file is cut or replaced it is read anew, as a file of its own: its format is found again,
 * and its connections are named `2.1`, `2.2`, …
 * @throws FramecatError (usage), or the system's error where the file cannot be read
 */
export async function* followEventBatches(
  path: string,
  options: ReadOptions & FollowOptions,
): AsyncGenerator<readonly Event[]> {
  for (let part = 1; ; part++) {
    const ending: { how: FollowEnd } = { how: "stopped" };
    const source = new Lookahead(noticed(followFile(path, options), ending));
    // Nothing yet is no mistake in a file that grows.
    if (await source.more()) {
      for await (const batch of readEventBatches(source.all(), options)) {
        yield part === 1 ? batch : batch.map((event) => renamed(event, part));
      }
    }
    if (ending.how === "stopped") return;
    const message = `${options.name} was ${ending.how}: reading it from its beginning`;
    yield [{ type: "note", conn: "0", at: { epochUs: 0, ns: 0n }, message }];
  }
}

async function* noticed(
  chunks: AsyncGenerator<Uint8Array, FollowEnd>,
  ending: { how: FollowEnd },
): AsyncGenerator<Uint8Array> {
  ending.how = yield* chunks;
}

function renamed(event: Event, part: number): Event {
  if (event.conn === "0") return event;
  const conn = `${part}.${event.conn}`;
  return event.type === "reconnected"
    ? { ...event, conn, lost: `${part}.${event.lost}` }
    : { ...event, conn };
}
