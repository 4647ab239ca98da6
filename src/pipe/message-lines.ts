import { usageError } from "../errors.ts";
import { isValidUtf8 } from "../protocol/utf8.ts";
import { EVENT_SCHEMA } from "../transport/event-json.ts";
import type { Direction } from "../transport/events.ts";
import { isBase64 } from "./digit-lines.ts";
import type { Cutter, Piece } from "./fragments.ts";
import { LineSplitter } from "./split-lines.ts";

export interface MessageLinesOptions {
  /** Which messages of events are sent. Default in. */
  readonly dir?: Direction | undefined;
  /** Bytes of the longest line. */
  readonly maxLine?: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const MIB = 2 ** 20;
/** A message of 100 MiB in base64, and room for the rest of its line. */
const MAX_LINE = 160 * MIB;
const EXAMPLES = 'Examples: {"text":"hi"} and {"base64":"AAE="}.';
/** Half of a pair, for which UTF-8 has no bytes. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads messages, text and binary mixed, from lines of JSON:
 *
 * 1. `{"text":"hi"}` is a text message and `{"base64":"AAE="}` a binary one. A `kind` says otherwise
 *    where that is wanted: `{"kind":"binary","text":"hi"}`.
 * 2. Events of `framecat.event/1` stand for what they tell of. As with every other format, what one
 *    connection brought is what the next is sent: `message` events of `dir` "in", and those without
 *    any. What that connection itself was sent, `dir` "out", is skipped and counted; `dir` asks for
 *    it the other way round, as for a recording of a client.
 * 3. All other events, those of a later version too, and heartbeats hold no data: they are passed
 *    over. So are blank lines. Any other line is an error, which names it.
 */
export class MessageLines implements Cutter {
  readonly #lines: LineSplitter;
  readonly #dir: Direction;
  readonly #maxLine: number;
  #line = 0;
  /** Messages of the other direction. */
  skipped = 0;

  constructor({ dir = "in", maxLine = MAX_LINE }: MessageLinesOptions = {}) {
    this.#lines = new LineSplitter({ binary: true, limit: maxLine });
    this.#dir = dir;
    this.#maxLine = maxLine;
  }

  get pending(): boolean {
    return this.#lines.pending;
  }

  *push(chunk: Buffer): Iterable<Piece> {
    for (const piece of this.#lines.push(chunk)) yield* this.#message(piece);
  }

  *end(): Iterable<Piece> {
    for (const piece of this.#lines.end()) yield* this.#message(piece);
  }

  *#message({ bytes, fin }: Piece): Iterable<Piece> {
    this.#line += 1;
    if (!fin || bytes.length > this.#maxLine) {
      throw this.#wrong(`is longer than ${this.#maxLine / MIB} MiB`, "Send it with --one.");
    }
    if (bytes.every((octet) => octet <= 0x20)) return;
    const fields = this.#parse(bytes);
    if (!this.#isMessage(fields) || fields.heartbeat === true) return;
    const { dir = this.#dir } = fields;
    if (dir !== "in" && dir !== "out") throw this.#wrong("has a dir that is neither in nor out");
    if (dir === this.#dir) yield this.#piece(fields);
    else this.skipped += 1;
  }

  #parse(bytes: Uint8Array): Fields {
    if (!isValidUtf8(bytes)) throw this.#wrong("is not UTF-8");
    const value = this.#parseJson(Buffer.from(bytes).toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Fields;
    throw this.#wrong("is no JSON object", EXAMPLES);
  }

  #parseJson(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#wrong("is not JSON", EXAMPLES);
    }
  }

  /** False for another event of ours, which is nothing to be sent. */
  #isMessage({ v, type }: Fields): boolean {
    if (v !== undefined && v !== EVENT_SCHEMA) throw this.#wrong(`is not of ${EVENT_SCHEMA}`);
    if (type === undefined || type === "message") return true;
    if (v === EVENT_SCHEMA) return false;
    throw this.#wrong("is neither a message nor an event", EXAMPLES);
  }

  #piece(fields: Fields): Piece {
    const { kind, length } = fields;
    if (kind !== undefined && kind !== "text" && kind !== "binary") {
      throw this.#wrong("has a kind that is neither text nor binary");
    }
    const bytes = this.#payload(fields);
    if (typeof length === "number" && length !== bytes.length) {
      throw this.#wrong(`holds ${bytes.length} of ${length} bytes of its message`);
    }
    const binary = kind === undefined ? fields.text === undefined : kind === "binary";
    if (!binary && !isValidUtf8(bytes)) throw this.#wrong("is text that is not UTF-8");
    return { bytes, fin: true, binary };
  }

  #payload({ text, base64 }: Fields): Uint8Array {
    if (text !== undefined && base64 !== undefined) throw this.#wrong("has both text and base64");
    if (typeof text === "string") {
      if (LONE_SURROGATE.test(text)) throw this.#wrong("has half a surrogate pair");
      return Buffer.from(text);
    }
    if (typeof base64 === "string" && isBase64(base64)) return Buffer.from(base64, "base64");
    if (base64 !== undefined) throw this.#wrong("has base64 that is none");
    throw this.#wrong("has neither text nor base64", EXAMPLES);
  }

  #wrong(what: string, hint?: string): Error {
    return usageError(`line ${this.#line} of stdin ${what}`, hint);
  }
}
