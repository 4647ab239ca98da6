import { Buffer } from "node:buffer";
import { type Deferred, deferred } from "../transport/deferred.ts";

/** What is used of node's FileHandle. */
export interface FileLike {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** Text that is to be written, and how the file ends after it. */
export interface Addition {
  /** Pieces are asked for when they are written, so that what is long is never text as a whole. */
  readonly pieces: Iterable<string>;
  /** Asked for where it is the last addition that a write brings. */
  readonly tail: () => string;
  /** About how much memory is held until it is written. */
  readonly cost: number;
}

/** What one file takes from another. */
export interface Absorption {
  readonly separator: string;
  readonly start: number;
  readonly end: number;
  readonly tail: string;
}

interface Queued {
  readonly pieces: Iterator<string>;
  readonly tail: () => string;
  readonly cost: number;
}

/** What is written at a time, and so about what is held as text. */
const WRITE_LENGTH = 1024 * 1024;
/** Who adds is asked to wait once additions hold so much. */
const HIGH_WATER_MARK = 1024 * 1024;
const COPY_LENGTH = 64 * 1024;
const NOW = Promise.resolve();

/**
 * A text file that is whole whenever it is looked at: each write brings the end of the document along,
 * and the next one goes over that end. What is added meanwhile leaves with one write.
 *
 * Only an addition of more than a mebibyte is written in several goes, and until the last of them the
 * file lacks its end.
 */
export class TailedFile {
  readonly #file: Promise<FileLike>;
  readonly #failed = deferred<Error>();
  readonly #queue: Queued[] = [];
  #cost = 0;
  #broken = false;
  #room: Deferred<void> | undefined;
  #writing: Promise<void> | undefined;
  #position = 0;
  /** Where the file ends. */
  #end = 0;

  constructor(file: Promise<FileLike>) {
    this.#file = file;
    // A file that cannot be opened is told even if nothing is ever written.
    file.catch((thrown: unknown) => this.#fail(thrown));
  }

  /** Resolves with what went wrong; from then on nothing is written. */
  get failed(): Promise<Error> {
    return this.#failed.promise;
  }

  /** Where the tail begins, in bytes, once all is written. */
  get position(): number {
    return this.#position;
  }

  get congested(): boolean {
    return this.#cost >= HIGH_WATER_MARK;
  }

  /** Resolves once it is not congested. */
  drained(): Promise<void> {
    if (!this.congested) return NOW;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  add({ pieces, tail, cost }: Addition): void {
    if (this.#broken) return;
    this.#queue.push({ pieces: pieces[Symbol.iterator](), tail, cost });
    this.#cost += cost;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves once all that was added is written, or cannot be. */
  async flushed(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /**
   * Adds `separator` and the bytes `[start, end)` of another file, a part at a time. Until the last
   * of them the file lacks its end.
   */
  async absorb(other: TailedFile, { separator, start, end, tail }: Absorption): Promise<void> {
    await Promise.all([this.flushed(), other.flushed()]);
    await this.#guarded(async () => {
      const [to, from] = await Promise.all([this.#file, other.#file]);
      const copied = Buffer.alloc(COPY_LENGTH);
      await this.#put(to, Buffer.from(separator), separator.length);
      for (let at = start; at < end;) {
        const { bytesRead } = await from.read(copied, 0, Math.min(COPY_LENGTH, end - at), at);
        if (bytesRead === 0) throw new Error("a file beside it became shorter");
        await this.#put(to, copied.subarray(0, bytesRead), bytesRead);
        at += bytesRead;
      }
      await this.#put(to, Buffer.from(tail), 0);
    });
  }

  /** Writes what is left. It never rejects: `failed` tells what went wrong. */
  async close(): Promise<void> {
    await this.flushed();
    try {
      await (await this.#file).close();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async #writeAll(): Promise<void> {
    await this.#guarded(async () => {
      const file = await this.#file;
      while (this.#queue.length > 0) {
        const { text, tail } = this.#batch();
        const bytes = Buffer.from(text + tail);
        await this.#put(file, bytes, bytes.length - Buffer.byteLength(tail));
        if (!this.congested) this.#release();
      }
      // At once: whatever is added from now on needs somebody to write it.
      this.#writing = undefined;
    });
  }

  /** The next text to write; without a tail where an addition is longer than one write. */
  #batch(): { text: string; tail: string } {
    let text = "";
    let tail = (): string => "";
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const piece = next.pieces.next();
      if (piece.done !== true) {
        text += piece.value;
        tail = () => "";
      } else {
        this.#queue.shift();
        this.#cost -= next.cost;
        tail = next.tail;
      }
      if (text.length >= WRITE_LENGTH) break;
    }
    return { text, tail: tail() };
  }

  /** Writes over the tail; the next write begins after the first `kept` of these bytes. */
  async #put(file: FileLike, bytes: Buffer, kept: number): Promise<void> {
    const rest = Math.max(0, this.#end - this.#position - bytes.length);
    // What is left of a longer tail becomes blank.
    const whole = rest > 0 ? Buffer.concat([bytes, Buffer.alloc(rest, "\n")]) : bytes;
    for (let at = 0; at < whole.length;) {
      const { bytesWritten } = await file.write(whole, at, whole.length - at, this.#position + at);
      at += bytesWritten;
    }
    this.#end = this.#position + whole.length;
    this.#position += kept;
  }

  async #guarded(act: () => Promise<void>): Promise<void> {
    if (this.#broken) return;
    try {
      await act();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    this.#broken = true;
    this.#writing = undefined;
    this.#queue.length = 0;
    this.#cost = 0;
    this.#release();
    this.#failed.resolve(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }

  #release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
