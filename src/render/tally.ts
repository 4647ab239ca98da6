import type { FrameEvent, MessageEvent } from "../transport/events.ts";

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

type Counting = { -readonly [K in keyof Passed]: Passed[K] };

function nothing(): Counting {
  return { messages: 0, bytes: 0 };
}

/** Counts the messages of a connection, for the line at its end. */
export class Tally {
  /** By what told of them: whoever watches the wire tells a message twice. */
  readonly #byFrames = { in: nothing(), out: nothing() };
  readonly #byMessages = { in: nothing(), out: nothing() };
  #deflated: Deflated = { inflated: 0, wire: 0 };

  frame({ dir, message }: FrameEvent): void {
    if (!message) return;
    const { data, wireLength, compressed, cut } = message;
    add(this.#byFrames[dir], cut ? wireLength : data.length);
    if (!compressed || cut) return;
    const { inflated, wire } = this.#deflated;
    this.#deflated = { inflated: inflated + data.length, wire: wire + wireLength };
  }

  message({ dir, data, omitted = 0 }: MessageEvent): void {
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
    const [frames, messages] = [this.#byFrames[dir], this.#byMessages[dir]];
    return frames.messages >= messages.messages ? frames : messages;
  }
}

function add(passed: Counting, length: number): void {
  passed.messages += 1;
  passed.bytes += length;
}
