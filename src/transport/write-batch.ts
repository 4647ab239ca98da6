/** Parts of fewer bytes are copied together: to keep and to write each by itself costs more. */
const SMALL_PART = 2048;
/** So much is copied at a time, at most. */
const MAX_BLOCK_BYTES = 64 * 1024;
const MAX_BLOCK_PARTS = 1024;

/** Parts of bytes that are to be written together. */
export class WriteBatch {
  #parts: Uint8Array[] = [];
  /** Small ones at the end, which are to become one part. */
  #small: Uint8Array[] = [];
  #smallBytes = 0;

  get isEmpty(): boolean {
    return this.#parts.length === 0 && this.#small.length === 0;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length >= SMALL_PART) {
      this.#join();
      this.#parts.push(bytes);
      return;
    }
    this.#small.push(bytes);
    this.#smallBytes += bytes.length;
    if (this.#smallBytes >= MAX_BLOCK_BYTES || this.#small.length >= MAX_BLOCK_PARTS) this.#join();
  }

  /** The part, where there is but a small one, as mostly; it is empty then. */
  takeOnly(): Uint8Array | undefined {
    if (this.#small.length !== 1 || this.#parts.length > 0) return undefined;
    this.#smallBytes = 0;
    return this.#small.pop();
  }

  /** All that is there, in order, and as few parts as that takes; it is empty then. */
  take(): readonly Uint8Array[] {
    this.#join();
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #join(): void {
    const [first] = this.#small;
    if (!first) return;
    this.#parts.push(
      this.#small.length === 1 ? first : Buffer.concat(this.#small, this.#smallBytes),
    );
    this.#small = [];
    this.#smallBytes = 0;
  }
}
