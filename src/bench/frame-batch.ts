/** As much as one write is worth; a frame may be larger. */
const MAX_BATCH_BYTES = 256 * 1024;

/** One frame, encoded once, as many times in a row as may leave in one write. */
export class FrameBatch {
  readonly frameLength: number;
  /** The most frames that one write takes. */
  readonly max: number;
  readonly #views: readonly Buffer[];

  /** @param atMost frames that are ever due at a time */
  constructor(frame: Uint8Array, atMost: number) {
    this.frameLength = frame.length;
    this.max = Math.max(1, Math.min(atMost, Math.floor(MAX_BATCH_BYTES / frame.length)));
    const all = Buffer.alloc(this.max * frame.length, frame);
    this.#views = Array.from({ length: this.max + 1 }, (_, count) =>
      all.subarray(0, count * frame.length),
    );
  }

  /** `count` frames, at most `max`. */
  of(count: number): Buffer {
    return this.#views[count] ?? EMPTY;
  }
}

const EMPTY = Buffer.alloc(0);
