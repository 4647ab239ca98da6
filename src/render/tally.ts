import type { Direction, FrameEvent, MessageEvent } from "../transport/events.ts";

/** What has passed in one direction of a connection. */
export interface Passed {
  readonly messages: number;
  /** Bytes of payload, inflated. */
  readonly bytes: number;
}

/** Bytes of the compressed messages of a connection. */
export interface Deflated {
  readonly inflated: number;
  readonly wire: number;
}

type Counting = Record<Direction, { -readonly [K in keyof Passed]: Passed[K] }>;

/** Shared by all connections on which there was nothing of the kind, as there may be many. */
const NOTHING: Passed = { messages: 0, bytes: 0 };
const NONE: Readonly<Record<Direction, Passed>> = { in: NOTHING, out: NOTHING };
const NOT_DEFLATED: Deflated = { inflated: 0, wire: 0 };

/** Counts the messages of a connection, for the line at its end. */
export class Tally {
  /** By what told of them: whoever watches the wire tells a message twice. */
  #byFrames: Counting | undefined;
  #byMessages: Counting | undefined;
  #deflated = NOT_DEFLATED;

  frame({ dir, message }: FrameEvent): void {
    if (!message) return;
    const { data, wireLength, compressed, cut } = message;
    this.#byFrames ??= counting();
    add(this.#byFrames[dir], cut ? wireLength : data.length);
    if (!compressed || cut) return;
    const { inflated, wire } = this.#deflated;
    this.#deflated = { inflated: inflated + data.length, wire: wire + wireLength };
  }

  message({ dir, data, omitted = 0 }: MessageEvent): void {
    this.#byMessages ??= counting();
    add(this.#byMessages[dir], data.length + omitted);
  }

  get sent(): Passed {
    return this.#passed("out");
  }

  get received(): Passed {
    return this.#passed("in");
  }

  /** Undefined where no message was compressed, or the wire was not watched. */
  get deflated(): Deflated | undefined {
    return this.#deflated.wire === 0 ? undefined : this.#deflated;
  }

  #passed(dir: "in" | "out"): Passed {
    const frames = (this.#byFrames ?? NONE)[dir];
    const messages = (this.#byMessages ?? NONE)[dir];
    return frames.messages >= messages.messages ? frames : messages;
  }
}

function counting(): Counting {
  return { in: { messages: 0, bytes: 0 }, out: { messages: 0, bytes: 0 } };
}

function add(passed: Counting[Direction], length: number): void {
  passed.messages += 1;
  passed.bytes += length;
}
