/** One direction of a connection, with the plain text that its next message may refer to. */
export interface WindowHolder {
  /** The window is needed for others. */
  forgetWindow(): void;
}

const DEFAULT_LIMIT = 96 * 1024 * 1024;

/**
 * Counts the windows of all directions whose messages refer to earlier ones (RFC 7692, section 7.1.1),
 * up to 32 KiB each. Where they are too much together, those that were needed last longest ago go.
 */
export class WindowMemory {
  readonly #limit: number;
  /** Bytes of each; the one that was needed last is the last. */
  readonly #windows = new Map<WindowHolder, number>();
  #held = 0;

  /** @param limit in bytes */
  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  /** Bytes of all windows. */
  get held(): number {
    return this.#held;
  }

  /** So many bytes more were inflated, of which no more than a window of `size` is kept. */
  grow(holder: WindowHolder, added: number, size: number): void {
    const before = this.#windows.get(holder) ?? 0;
    this.drop(holder);
    const now = Math.min(size, before + added);
    this.#windows.set(holder, now);
    this.#held += now;
    for (const oldest of this.#windows.keys()) {
      if (this.#held <= this.#limit || oldest === holder) return;
      this.drop(oldest);
      oldest.forgetWindow();
    }
  }

  /** There is none any more. */
  drop(holder: WindowHolder): void {
    this.#held -= this.#windows.get(holder) ?? 0;
    this.#windows.delete(holder);
  }
}
