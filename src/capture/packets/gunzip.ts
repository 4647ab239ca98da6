import { once } from "node:events";
import { createGunzip, type Gunzip } from "node:zlib";
import { messageOf, usageError } from "../../errors.ts";
import type { CaptureNote } from "./packet.ts";

/** One byte of gzip becomes at most some thousand: so much is inflated before it is handed on. */
const SLICE_LENGTH = 16 * 1024;

/** Whether a gzip stream begins with these bytes: ID1, ID2 and CM of RFC 1952, section 2.3.1. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08;
}

/**
 * The bytes of a file, inflated where it is gzip'ed and as they are otherwise. One that was cut
 * gives all that can be inflated, and then a note.
 * @throws FramecatError (usage) where the compressed data is damaged, after what lies some KiB
 * before it
 */
export async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  note: (note: CaptureNote) => void,
  name = "the capture",
): AsyncGenerator<Uint8Array> {
  let inflater: Inflater | undefined;
  let head: Uint8Array | undefined = new Uint8Array(0);
  try {
    for await (const chunk of chunks) {
      const bytes: Uint8Array = head ? joined(head, chunk) : chunk;
      if (head && bytes.length < 3) {
        head = bytes;
        continue;
      }
      if (head && isGzip(bytes)) inflater = new Inflater();
      head = undefined;
      if (inflater) yield* inflater.push(bytes);
      else yield bytes;
    }
    if (head && head.length > 0) yield head;
    if (inflater) yield* inflater.end();
    if (inflater?.error) tell(inflater, note, name);
  } finally {
    inflater?.close();
  }
}

function joined(head: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (head.length === 0) return chunk;
  const bytes = new Uint8Array(head.length + chunk.length);
  bytes.set(head);
  bytes.set(chunk, head.length);
  return bytes;
}

function tell(inflater: Inflater, note: (note: CaptureNote) => void, name: string): void {
  const { error, position } = inflater;
  if (error?.code === "Z_BUF_ERROR") note({ type: "gzip-truncated", offset: position });
  else
    throw usageError(
      `${name} is damaged before byte ${position}: ${messageOf(error)} in its gzip data`,
    );
}

/**
 * node:zlib without its stream's habit of dropping, on an error, what it had inflated before it.
 */
class Inflater {
  readonly #gunzip: Gunzip = createGunzip();
  #ready: Uint8Array[] = [];
  error: NodeJS.ErrnoException | undefined;
  /** Compressed bytes taken. */
  position = 0;

  constructor() {
    this.#gunzip.on("data", (piece: Uint8Array) => this.#ready.push(piece));
    this.#gunzip.on("error", (error) => {
      this.error = error;
    });
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length && !this.error; at += SLICE_LENGTH) {
      const slice = bytes.subarray(at, at + SLICE_LENGTH);
      await this.#settled((done) => this.#gunzip.write(slice, done));
      this.position += slice.length;
      yield* this.#ready.splice(0);
    }
  }

  async *end(): AsyncGenerator<Uint8Array> {
    if (!this.error) await this.#settled((done) => this.#gunzip.end().once("end", done));
    yield* this.#ready.splice(0);
  }

  close(): void {
    this.#gunzip.destroy();
  }

  /** Waits until the step is done, or has failed. */
  async #settled(step: (done: () => void) => void): Promise<void> {
    const failed = new AbortController();
    const done = new Promise<void>((resolve) => step(resolve));
    const error = once(this.#gunzip, "close", { signal: failed.signal });
    await Promise.race([done, error.catch(() => undefined)]);
    failed.abort();
  }
}
