import type { Direction } from "../../transport/events.ts";
import type { Decoding, DirectionEnd } from "../streams/decoding.ts";
import type { Stage, StageHost } from "../streams/stage.ts";
import { Http2FrameReader } from "./http2-frame-reader.ts";
import { Http2Streams } from "./http2-streams.ts";

/** What a connection may hold even while all together hold too much. */
const MODEST = 64 * 1024;
const SENDER = { out: "the client", in: "the server" } as const;
const DIRECTIONS = ["out", "in"] as const;

/**
 * HTTP/2 from its first byte on (RFC 9113), for the WebSockets in it (RFC 8441): each is a stream of
 * its own, and has an id of its own, made of the connection's and the stream's.
 *
 * 1. Bytes that are missing within the payload of one frame cost no more than that payload. After
 *    any others it is not known where frames begin, and that direction is not read any further.
 * 2. A header block that is missing, whole or in part, ends the decoding of those after it. The data
 *    of streams that are known goes on.
 * 3. A wrong frame ends the reading of both directions, as it ends the connection.
 * 4. Where all connections together hold too much, one that holds much gives up the streams that have
 *    been at rest for longest; where that is not enough, it is not read any further.
 */
export class Http2Stage implements Stage {
  readonly kind = "http2";
  readonly #decoding: Decoding;
  readonly #streams: Http2Streams;
  /** Absent where a direction is not read any further. */
  readonly #readers: Record<Direction, Http2FrameReader | undefined>;
  /** What the budget counts of this connection. */
  #counted = 0;

  constructor(decoding: Decoding, host: StageHost) {
    this.#decoding = decoding;
    this.#streams = new Http2Streams(decoding, host, (sender, length) => {
      const reader = this.#readers[sender];
      if (reader) reader.maxFrameLength = length;
    });
    this.#readers = {
      out: new Http2FrameReader("out", this.#streams),
      in: new Http2FrameReader("in", this.#streams),
    };
  }

  data(dir: Direction, bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#readers[dir];
    if (!reader) return;
    reader.push(bytes, start, end);
    if (reader.fault !== undefined) this.#fail(`from ${SENDER[dir]}, ${reader.fault}`);
    this.#limit();
  }

  gapIn(dir: Direction, length: number, exact: boolean): void {
    const reader = this.#readers[dir];
    if (!reader || (exact && reader.gap(length))) return;
    this.#readers[dir] = undefined;
    this.#streams.lose(dir, length, exact);
  }

  endOf(dir: Direction, how: DirectionEnd): void {
    this.#readers[dir] = undefined;
    this.#streams.endOf(dir, how);
  }

  finish(): void {
    for (const dir of DIRECTIONS) this.#readers[dir] = undefined;
    this.#streams.finish();
    this.#count();
  }

  #fail(why: string): void {
    for (const dir of DIRECTIONS) this.#readers[dir] = undefined;
    this.#streams.fail(why);
  }

  /** Holds less where too much is held in all. */
  #limit(): void {
    this.#count();
    while (this.#holdsTooMuch && this.#streams.giveUpOne()) this.#count();
    if (!this.#holdsTooMuch) return;
    this.#fail("more is held at once than may be");
    this.#count();
  }

  get #holdsTooMuch(): boolean {
    return this.#counted > MODEST && this.#decoding.budget.exceeded;
  }

  #count(): void {
    const { out, in: answer } = this.#readers;
    const held = (out?.held ?? 0) + (answer?.held ?? 0) + this.#streams.held;
    this.#decoding.budget.held += held - this.#counted;
    this.#counted = held;
  }
}
