import { Buffer } from "node:buffer";
import { watch } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { whenAborted } from "../abort.ts";
import { deferred } from "../transport/deferred.ts";

/**
 * Reads a file that grows, as `tail -F` does.
 *
 * 1. At its end the file is looked at again whenever the system says that it changed, and at
 *    intervals all the same: not every file system says so.
 * 2. A file that became shorter, or whose name belongs to another file, is read no further: what
 *    follows is something new, to be read from its beginning. The rest of another file's predecessor
 *    is read before that.
 * 3. While no file has the name, the old one goes on: who writes it has not noticed yet.
 * 4. What is no regular file, such as a named pipe, follows by itself.
 */
export interface FollowOptions {
  /** Ends it, at once where it waits. */
  readonly signal: AbortSignal;
  /** Milliseconds after which it looks at the file again without being told. Default 500. */
  readonly pollMs?: number;
}

/** Why a file is not read further. */
export type FollowEnd = "stopped" | "truncated" | "replaced";

const READ_LENGTH = 64 * 1024;
const DEFAULT_POLL_MS = 500;

/**
 * The bytes of a file as it grows; returns why it ended.
 * @throws the system's error where the file cannot be opened or read
 */
export async function* followFile(
  path: string,
  options: FollowOptions,
): AsyncGenerator<Uint8Array, FollowEnd> {
  const file = await open(path);
  const isRegular = (await file.stat()).isFile();
  const changes = new Changes(path, options);
  try {
    if (!isRegular) yield* file.createReadStream({ signal: options.signal, autoClose: false });
    else return yield* readOn(file, path, changes);
    return "stopped";
  } catch (thrown) {
    if (options.signal.aborted) return "stopped";
    throw thrown;
  } finally {
    changes.close();
    await file.close();
  }
}

async function* readOn(
  file: FileHandle,
  path: string,
  changes: Changes,
): AsyncGenerator<Uint8Array, FollowEnd> {
  for (let position = 0; ;) {
    // Both asked before the read: what comes after it is not missed.
    const change = changes.next();
    const found = await placeOf(file, path, position);
    if (found === "truncated") return found;
    const bytes = await readAt(file, position);
    position += bytes.length;
    if (bytes.length > 0) yield bytes;
    if (changes.stopped) return "stopped";
    if (bytes.length > 0) continue;
    if (found) return found;
    await change;
  }
}

/** Whether the file is no longer what is to be read. */
async function placeOf(
  file: FileHandle,
  path: string,
  position: number,
): Promise<Exclude<FollowEnd, "stopped"> | undefined> {
  const [here, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  if (here.isFile() && here.size < position) return "truncated";
  return !named || (named.ino === here.ino && named.dev === here.dev) ? undefined : "replaced";
}

async function readAt(file: FileHandle, position: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(READ_LENGTH);
  const { bytesRead } = await file.read(bytes, 0, READ_LENGTH, position);
  return bytes.subarray(0, bytesRead);
}

/** Tells when it is time to look at a file again. */
class Changes {
  readonly #pollMs: number;
  readonly #signal: AbortSignal;
  readonly #watcher: { close(): unknown } | undefined;
  readonly #release: () => void;
  #change = deferred();
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, { signal, pollMs = DEFAULT_POLL_MS }: FollowOptions) {
    this.#pollMs = pollMs;
    this.#signal = signal;
    this.#watcher = watchFile(path, () => this.#tell());
    this.#release = whenAborted(signal, () => this.#tell());
  }

  get stopped(): boolean {
    return this.#signal.aborted;
  }

  /** Resolves at the next change, after the interval, or when it is stopped. */
  next(): Promise<void> {
    clearTimeout(this.#timer);
    this.#change = deferred();
    if (this.#signal.aborted) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), this.#pollMs);
    return this.#change.promise;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#release();
    this.#watcher?.close();
  }

  #tell(): void {
    this.#change.resolve();
  }
}

/** Undefined where the system does not tell of changes, or has no room to. */
function watchFile(path: string, act: () => void): { close(): unknown } | undefined {
  try {
    const watcher = watch(path, act);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
