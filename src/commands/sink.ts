import type { Output } from "../io.ts";
import { type Deferred, deferred } from "../transport/deferred.ts";

/** An output that may be slow, or whose reader may go away (`| head -1`). */
export interface Sink {
  write(data: string | Uint8Array): void;
  /** True while more is queued than the reader takes; who honours `drained` bounds the memory. */
  readonly congested: boolean;
  /** Bytes, or characters, that the reader has not taken. */
  readonly queued: number;
  /** Resolves once there is room, or nobody reads any more; the same until it does. */
  drained(): Promise<void>;
  /** Resolves once all that was written has left, or nobody reads any more. */
  flushed(): Promise<void>;
  /** Resolves when the reader has gone; writes are dropped from then on. */
  readonly broken: Promise<void>;
  readonly isBroken: boolean;
  /** Takes the reader for gone: what waits is left to it, and no more is written. */
  giveUp(): void;
  /** What broke it, where that is not its reader that went away, but a full disk and the like. */
  readonly failure: Error | undefined;
}

/** How it shows that nobody reads any more. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "ECONNRESET", "EIO"]);

export interface SinkOptions {
  /** What is written within a turn of the event loop leaves at once: small pieces cost half as much. */
  readonly gather?: boolean | undefined;
}

function gather(stream: Output): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}

const NOW = Promise.resolve();

/** Wraps a stream for good: `EPIPE` and the like end in `broken`, never in a crash. */
export function createSink(stream: Output, options: SinkOptions = {}): Sink {
  const broken = deferred();
  let isBroken = false;
  let failure: Error | undefined;
  let room: Deferred<void> | undefined;
  const release = (): void => {
    room?.resolve();
    room = undefined;
  };
  const onBroken = (error?: NodeJS.ErrnoException): void => {
    if (!isBroken && error && !READER_GONE.has(error.code)) failure = error;
    isBroken = true;
    broken.resolve();
    release();
  };
  stream
    .on("error", onBroken)
    .on("close", () => onBroken())
    .on("drain", release);
  return {
    write: (data) => {
      if (isBroken) return;
      if (options.gather) gather(stream);
      stream.write(data);
    },
    get congested() {
      return !isBroken && stream.writableNeedDrain;
    },
    get queued() {
      return isBroken ? 0 : stream.writableLength;
    },
    drained: () => {
      if (isBroken || !stream.writableNeedDrain) return NOW;
      room ??= deferred();
      return room.promise;
    },
    flushed: async () => {
      if (isBroken) return;
      const written = new Promise<void>((resolve) => stream.write("", () => resolve()));
      await Promise.race([broken.promise, written]);
    },
    broken: broken.promise,
    giveUp: () => onBroken(),
    get isBroken() {
      return isBroken;
    },
    get failure() {
      return failure;
    },
  };
}
