import type { Decoding } from "../streams/decoding.ts";
import { HeldBytes } from "../streams/held-bytes.ts";
import type { ConnectStream } from "./connect-stream.ts";
import { type Field, fieldSize } from "./hpack-tables.ts";

interface EarlyAnswer {
  readonly lists: (readonly Field[])[];
  readonly held: HeldBytes;
  /** What the header fields count. */
  size: number;
  ended: boolean;
  /** Not all of it is kept, so none of it is. */
  lost: boolean;
}

const MAX_ANSWERS = 4;
/** What is kept of each. */
const MAX_FIELDS = 16 * 1024;
const MAX_BYTES = 64 * 1024;

/** Answers that stand before their requests in a capture, as a few do, and wait for them. */
export class EarlyAnswers {
  readonly #decoding: Decoding;
  readonly #answers = new Map<number, EarlyAnswer>();

  /** Some were left out, and what else comes of those must not pass for their beginning. */
  #tooMany = false;

  constructor(decoding: Decoding) {
    this.#decoding = decoding;
  }

  headers(id: number, fields: readonly Field[]): void {
    const answer = this.#answers.get(id) ?? this.#begin(id);
    if (!answer || answer.lost) return;
    answer.lists.push(fields);
    answer.size = fields.reduce((sum, field) => sum + fieldSize(field), answer.size);
    if (answer.size > MAX_FIELDS) this.lose(id);
  }

  data(id: number, bytes: Uint8Array, start: number, end: number): void {
    const answer = this.#answers.get(id);
    if (!answer || answer.lost) return;
    answer.held.add(bytes, start, end, this.#decoding.time);
    if (answer.held.length > MAX_BYTES || this.#decoding.budget.exceeded) this.lose(id);
  }

  end(id: number): void {
    const answer = this.#answers.get(id);
    if (answer) answer.ended = true;
  }

  /** Some of it is missing. */
  lose(id: number): void {
    const answer = this.#answers.get(id);
    if (!answer) return;
    answer.lost = true;
    answer.lists.length = 0;
    answer.held.drop();
  }

  /**
   * The request of stream `id` has come.
   * @param stream takes the answer; undefined where nobody wants it
   */
  asked(id: number, stream: ConnectStream | undefined): void {
    const answer = this.#answers.get(id);
    if (answer && stream) {
      if (answer.lost) stream.responseLost();
      for (const fields of answer.lists) stream.response(fields);
      const { time } = this.#decoding;
      answer.held.replay(time, (...piece) => stream.data("in", ...piece));
      if (answer.ended) stream.endOf("in", "fin");
    }
    // A client opens streams in the order of their numbers.
    for (const other of this.#answers.keys()) if (other <= id) this.#drop(other);
  }

  drop(): void {
    for (const id of this.#answers.keys()) this.#drop(id);
  }

  #begin(id: number): EarlyAnswer | undefined {
    this.#tooMany ||= this.#answers.size === MAX_ANSWERS;
    if (this.#tooMany) return undefined;
    const held = new HeldBytes(this.#decoding.budget);
    const answer = { lists: [], held, size: 0, ended: false, lost: false };
    this.#answers.set(id, answer);
    return answer;
  }

  #drop(id: number): void {
    this.#answers.get(id)?.held.drop();
    this.#answers.delete(id);
  }
}
