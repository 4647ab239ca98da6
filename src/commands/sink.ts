import type { Output } from "../io.ts";

/** An output that may be slow, or whose reader may go away (`| head -1`). */
export interface Sink {
  write(data: string | Uint8Array): void;
  /** True while more is queued than the reader takes; who honours `drained` bounds the memory. */
  readonly congested: boolean;
  /** Resolves once there is room, or nobody reads any more. */
  drained(): Promise<void>;
  /** Resolves once all that was written has left, or nobody reads any more. */
  flushed(): Promise<void>;
  /** Resolves when the reader has gone; writes are dropped from then on. */
  readonly broken: Promise<void>;
  readonly isBroken: boolean;
}

/** Wraps a stream for good: `EPIPE` and the like end in `broken`, never in a crash. */
export function createSink(stream: Output): Sink {
  let isBroken = false;
  const broken = new Promise<void>((resolve) => {
    const onBroken = (): void => {
      isBroken = true;
      resolve();
    };
    stream.on("error", onBroken).on("close", onBroken);
  });
  return {
    write: (data) => {
      if (!isBroken) stream.write(data);
    },
    get congested() {
      return !isBroken && stream.writableNeedDrain;
    },
    drained: async () => {
      if (isBroken || !stream.writableNeedDrain) return;
      await Promise.race([broken, new Promise<void>((resolve) => stream.once("drain", resolve))]);
    },
    flushed: async () => {
      if (isBroken) return;
      const written = new Promise<void>((resolve) => stream.write("", () => resolve()));
      await Promise.race([broken, written]);
    },
    broken,
    get isBroken() {
      return isBroken;
    },
  };
}
