import { EventLineReader, type ReadEvent } from "../transport/read-event-lines.ts";
import { type RejoinLimits, Rejoiner } from "./rejoin.ts";

/**
 * Reads events of our own, NDJSON (`framecat.event/1`), as they were when they were written: frames
 * with the message that they complete, too.
 */
export class NdjsonReader {
  readonly #lines: EventLineReader;
  readonly #rejoiner: Rejoiner;

  /** @param name of the file */
  constructor(name: string, limits?: RejoinLimits) {
    this.#lines = new EventLineReader(name);
    this.#rejoiner = new Rejoiner(limits);
  }

  /** Lines with an event of a type that is not known. */
  get skipped(): number {
    return this.#lines.skipped;
  }

  /** Where the last line stands that the end of the file cut; nothing was read from it. */
  get cut(): string | undefined {
    return this.#lines.cut;
  }

  /** @throws FramecatError (usage) naming the line, and the byte where it begins */
  async *read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEvent> {
    for await (const { event, where } of this.#lines.read(chunks)) {
      yield { event: this.#rejoiner.push(event), where };
    }
  }
}
