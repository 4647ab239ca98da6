import { PassThrough } from "node:stream";
import {
  type Input,
  type Io,
  type Output,
  type Signal,
  systemClock,
  systemRandom,
} from "../../src/io.ts";

/** An Io in memory: what was written can be read, stdin can be fed, signals can be raised. */
export interface MemoryIo extends Io {
  readonly stdin: Input & PassThrough;
  readonly stdout: Output & PassThrough;
  out(): string;
  outBytes(): Buffer;
  err(): string;
  /** Resolves once what was written to stdout or stderr matches. */
  seen(pattern: RegExp): Promise<void>;
  raise(signal: Signal): void;
}

export interface MemoryIoOptions {
  readonly stdin?: string | Uint8Array;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Without `stdin` standard input stays open and empty until the test writes to it. */
export function memoryIo(options: MemoryIoOptions = {}): MemoryIo {
  const { stdin: input, tty = false, columns = 80, env = {} } = options;
  const stdin: Input & PassThrough = Object.assign(new PassThrough(), {
    isTTY: tty,
    setRawMode: () => undefined,
  });
  if (input !== undefined) stdin.end(input);
  const stdout = capture(tty, columns);
  const stderr = capture(tty, columns);
  const handlers = new Map<Signal, Set<() => void>>();
  return {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    clock: systemClock,
    random: systemRandom,
    onSignal: (signal, handler) => {
      const set = handlers.get(signal) ?? new Set();
      handlers.set(signal, set.add(handler));
      return () => void set.delete(handler);
    },
    raise: (signal) => {
      for (const handler of handlers.get(signal) ?? []) handler();
    },
    out: () => stdout.bytes().toString("utf8"),
    outBytes: () => stdout.bytes(),
    err: () => stderr.bytes().toString("utf8"),
    seen: (pattern) => Promise.race([stdout.seen(pattern), stderr.seen(pattern)]),
  };
}

function capture(isTTY: boolean, columns: number) {
  const chunks: Buffer[] = [];
  const waiting = new Set<() => void>();
  const stream: Output & PassThrough = Object.assign(new PassThrough(), { isTTY, columns });
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    for (const check of waiting) check();
  });
  const bytes = () => Buffer.concat(chunks);
  const seen = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!pattern.test(bytes().toString("utf8"))) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { stream, bytes, seen };
}
