import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/**
 * A pipe that has a name. Written to as files are, it would stop a thread of the process for as long
 * as its reader sleeps, and the process could not even end. So no call of the system waits here:
 *
 * 1. Who opens it waits a while for a reader, which a script may start just behind.
 * 2. What there is no room for is tried again, less and less often.
 * 3. In a hurry a reader is waited for as long as it reads: from one that sleeps the stream is torn off.
 */
export interface Fifo {
  readonly stream: Writable;
  /** From now on a reader that takes nothing of what waits ends the stream, with an error. */
  readonly hurry: () => void;
}

export interface FifoOptions {
  /** How much may wait before the stream is congested, in bytes. */
  readonly highWaterMark: number;
  /** Default: 2000. */
  readonly waitForReaderMs?: number;
  /** How long a reader may take nothing, in a hurry. Default: 1000. */
  readonly sleepMs?: number;
}

const POLL_MS = 20;
const MAX_RETRY_MS = 32;

/** @throws Error where nobody reads from it, or the system's */
export async function openFifo(path: string, options: FifoOptions): Promise<Fifo> {
  const { highWaterMark, waitForReaderMs = 2000, sleepMs = 1000 } = options;
  const handle = await openRead(path, waitForReaderMs);
  let written = 0;
  let watch: NodeJS.Timeout | undefined;
  const stream: Writable = new Writable({
    highWaterMark,
    write: (chunk: Buffer, _, done) => {
      pour(handle, chunk, (length) => (written += length)).then(() => done(), done);
    },
    destroy: (error, done) => {
      clearInterval(watch);
      handle.close().then(() => done(error), done);
    },
  });
  const hurry = (): void => {
    let before = written;
    watch ??= setInterval(() => {
      const sleeps = written === before && stream.writableLength > 0;
      if (sleeps) stream.destroy(new Error("nobody reads from it any more"));
      before = written;
    }, sleepMs);
  };
  return { stream, hurry };
}

async function openRead(path: string, waitMs: number): Promise<FileHandle> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (thrown) {
      if (!hasCode(thrown, "ENXIO")) throw thrown;
      if (waitedMs >= waitMs) throw new Error("nobody reads from it", { cause: thrown });
      await delay(POLL_MS);
    }
  }
}

/** Writes all of it, or fails; once the handle is closed, it does. */
async function pour(
  handle: FileHandle,
  bytes: Uint8Array,
  wrote: (length: number) => void,
): Promise<void> {
  let retryMs = 1;
  for (let at = 0; at < bytes.length;) {
    try {
      const { bytesWritten } = await handle.write(bytes, at);
      at += bytesWritten;
      wrote(bytesWritten);
      retryMs = 1;
    } catch (thrown) {
      if (!hasCode(thrown, "EAGAIN")) throw thrown;
      await delay(retryMs);
      retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
    }
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
