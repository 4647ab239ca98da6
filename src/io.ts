import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock, Moment } from "./clock.ts";

/** A stream that may be a terminal. */
export interface Input extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

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
  /** Stops the process until the shell has it go on, as Ctrl-Z does; absent where no shell can. */
  readonly suspend?: (() => void) | undefined;
  /** True while another program has the terminal: who reads from it now is stopped. */
  readonly inBackground?: (() => boolean) | undefined;
  /** From then on garbage is marked in one go; absent where that is no matter of ours. */
  readonly collectAtOnce?: (() => void) | undefined;
  /** From then on the heap grows by no more than half before garbage is collected. */
  readonly growSlowly?: (() => void) | undefined;
  /** Collects the garbage of the process now, which takes it some ten milliseconds. */
  readonly collectGarbage?: (() => void) | undefined;
}

/** A moment of this process. Most moments are never looked at, so what costs is done when asked for. */
class ProcessMoment implements Moment {
  /** Milliseconds since the process began, monotonic. */
  readonly #ms = performance.now();

  get epochUs(): number {
    return Math.round((performance.timeOrigin + this.#ms) * 1000);
  }

  get ns(): bigint {
    return BigInt(Math.round(this.#ms * 1e6));
  }
}

/** Wall clock and monotonic clock of this process. */
export const systemClock: Clock = { now: () => new ProcessMoment() };

/** Random bytes that nobody has yet: to ask the system for a key costs as much as for hundreds. */
const POOL = new Uint8Array(8192);
/** More than so many are asked for by themselves. */
const MAX_FROM_POOL = 64;
let used = POOL.length;

/** Cryptographically strong bytes, each handed out once. */
export function systemRandom(length: number): Uint8Array {
  if (length > MAX_FROM_POOL) return filled(new Uint8Array(length));
  if (used + length > POOL.length) {
    filled(POOL);
    used = 0;
  }
  used += length;
  return POOL.slice(used - length, used);
}

/** node:crypto is loaded only now: that takes milliseconds, and much needs no random bytes. */
function filled(bytes: Uint8Array): Uint8Array {
  return process.getBuiltinModule("node:crypto").randomFillSync(bytes);
}

/**
 * Lets a pipe that nobody reads from keep nobody but its writer waiting. Node writes to the pipes of a
 * process in one go, so that a reader that sleeps would stop everything: signals, timers, pongs.
 */
function unblock(stream: Output): void {
  const { _handle: handle } = stream as Output & {
    readonly _handle?: { setBlocking?(blocking: boolean): unknown } | null;
  };
  if (stream.isTTY !== true) handle?.setBlocking?.(false);
}

/**
 * Has V8 mark the garbage of this process in one go, and no longer in steps between the work.
 *
 * A pipe makes little but buffers, which are garbage as soon as they have passed. All that passes
 * while V8 marks in steps is taken to be alive, though: megabytes outlive the collection, bring the
 * next one on, and so forth, until a third of the time goes there. In one go it takes some
 * milliseconds now and then, for what a pipe keeps is small.
 */
function collectAtOnce(): void {
  v8.setFlagsFromString("--no-incremental-marking");
}

/**
 * Has V8 collect garbage once the heap has grown by half. It lets a heap that lives grow to several
 * times its size otherwise, which is much where tens of thousands of connections live in it.
 */
function growSlowly(): void {
  v8.setFlagsFromString("--heap-growing-percent=50");
}

/** Linux tells the process group of a process, and the one that has its terminal; others do not. */
function inBackground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    // The name of the program is in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [ours, foreground] = [Number(fields[2]), Number(fields[5])];
    return foreground > 0 && foreground !== ours;
  } catch {
    return false;
  }
}

/** The second time gives back what the first one found dead. */
function collectGarbage(): void {
  v8.setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
}

/** The real process. */
export function processIo(): Io {
  unblock(process.stdout);
  unblock(process.stderr);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    clock: systemClock,
    random: systemRandom,
    onSignal: (signal, handler) => {
      process.on(signal, handler);
      return () => void process.off(signal, handler);
    },
    suspend:
      process.platform === "win32" ? undefined : () => void process.kill(process.pid, "SIGTSTP"),
    inBackground,
    collectAtOnce,
    growSlowly,
    collectGarbage,
  };
}
