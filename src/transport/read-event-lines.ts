import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { Gather } from "../protocol/gather.ts";
import { isValidUtf8 } from "../protocol/utf8.ts";
import { eventFromJson } from "./event-from-json.ts";
import type { Event } from "./events.ts";

/** An event that was read from a file, and where it stands there. */
export interface ReadEvent {
  readonly event: Event;
  /** Names the file and the place, for messages. */
  readonly where: string;
}

const MIB = 2 ** 20;
/** A message of 100 MiB, the longest that is received, in base64. */
const MAX_LINE = 160 * MIB;
const NEWLINE = 0x0a;

/** A line without its end. */
interface Line {
  readonly bytes: Uint8Array;
  readonly where: string;
  /** False for the last one where no newline ends it. */
  readonly ended: boolean;
}

/** Reads events as NDJSON (`framecat.event/1`), a line at a time. */
export class EventLineReader {
  readonly #name: string;
  /** Lines with an event of a type that is not known. */
  skipped = 0;
  /** Where the last line stands that the end of the file cut; nothing was read from it. */
  cut: string | undefined;

  /** @param name of the file */
  constructor(name: string) {
    this.#name = name;
  }

  /** @throws FramecatError (usage) naming the line, and the byte where it begins */
  async *read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEvent> {
    for await (const line of lines(chunks, this.#name)) {
      if (line.bytes.every(isBlank)) continue;
      const value = parse(line);
      if (value === undefined) {
        this.cut = line.where;
        return;
      }
      const event = eventFromJson(value, line.where);
      if (event) yield { event, where: line.where };
      else this.skipped += 1;
    }
  }
}

/** The value of a line; undefined where the line is cut. */
function parse({ bytes, where, ended }: Line): unknown {
  if (!isValidUtf8(bytes)) {
    if (!ended) return undefined;
    throw usageError(`${where}: not UTF-8`);
  }
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  } catch {
    if (!ended) return undefined;
    throw usageError(`${where}: no whole line of JSON`);
  }
}

function isBlank(octet: number): boolean {
  return octet <= 0x20;
}

async function* lines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line> {
  const pending = new Gather();
  let number = 0;
  let offset = 0;
  const take = (ended: boolean): Line => {
    number += 1;
    const where = `${name}, line ${number} at byte ${offset}`;
    offset += pending.length + 1;
    return { bytes: pending.take(), where, ended };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      pending.append(chunk, undefined, start, at);
      yield take(true);
      start = at + 1;
    }
    pending.append(chunk, undefined, start);
    if (pending.length > MAX_LINE) {
      const limit = `${MAX_LINE / MIB} MiB`;
      throw usageError(`${name}: the line at byte ${offset} is longer than ${limit}`);
    }
  }
  if (pending.length > 0) yield take(false);
}
