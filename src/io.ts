import { randomFillSync } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { Clock, Moment } from "./clock.ts";

/** A stream that may be a terminal. */
export interface Input extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Signal = "SIGINT" | "SIGTERM";

/** All that a command may touch of the process; tests pass memory streams. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Cryptographically strong bytes. */
  readonly random: (length: number) => Uint8Array;
  /** Calls `handler` at a signal; gives the function that takes it back. */
  onSignal(signal: Signal, handler: () => void): () => void;
}

/** Wall clock and monotonic clock of this process. */
export const systemClock: Clock = {
  now: (): Moment => ({
    epochUs: Math.round((performance.timeOrigin + performance.now()) * 1000),
    ns: process.hrtime.bigint(),
  }),
};

/** The real process. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    clock: systemClock,
    random: (length) => randomFillSync(new Uint8Array(length)),
    onSignal: (signal, handler) => {
      process.on(signal, handler);
      return () => void process.off(signal, handler);
    },
  };
}
