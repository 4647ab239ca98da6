import { type FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { PipeOutput } from "../pipe/pipe.ts";
import type { EventListener } from "../transport/events.ts";
import { version } from "../version.ts";
import type { Args } from "./command.ts";
import { errnoWords } from "../errno-words.ts";
import { openOutputs } from "./output-files.ts";
import { createSink, type Sink, type SinkOptions } from "./sink.ts";
import { checkWritable } from "./writable-file.ts";

/** Where a run of `connect` writes: data to stdout or a file, and every event to files. */
export interface Outputs extends PipeOutput {
  /** Takes every event. */
  readonly follow: EventListener;
  /** Takes data. */
  readonly write: (data: string | Uint8Array) => void;
  /** Takes what is to be known beside the data. */
  readonly say: (text: string) => void;
  /** The data reaches a terminal. */
  readonly isTerminal: boolean;
  /** Resolves with what to say when standard output or a file cannot be written any more. */
  readonly failed: Promise<FramecatError>;
  /** What it resolves with, once it has. */
  readonly failure: FramecatError | undefined;
  /** From now on a reader of a pipe that sleeps is given up, which `failed` tells; `close` does so, too. */
  hurry(): void;
  /** Resolves when standard output has all, or nobody reads it any more. */
  flushed(): Promise<void>;
  /** Resolves when the files have all, or never will. */
  close(): Promise<void>;
}

/**
 * Opens what the flags name, before anything is dialled.
 * @throws FramecatError (usage)
 */
export async function openConnectOutputs(
  args: Args,
  io: Io,
  options: SinkOptions = {},
): Promise<Outputs> {
  const junit = args.text("junit");
  if (junit !== undefined) checkWritable(junit, "junit");
  const files = await openOutputs(
    {
      record: args.text("record"),
      har: args.text("har"),
      output: args.text("output"),
      showSecrets: args.flag("show-secrets"),
      version: version(),
    },
    io,
  );
  const talk = createSink(io.stderr);
  // With --json stdout has the result alone.
  const isBare = files.data !== undefined || args.flag("json");
  const stdout = isBare ? undefined : createSink(io.stdout, options);
  const data = files.data ?? stdout;
  let failure: FramecatError | undefined;
  const failed = Promise.race([files.failed, stdoutFailure(stdout)]).then((error) => {
    failure = error;
    return error;
  });
  return {
    follow: (event) => files.listener?.(event),
    write: (piece) => data?.write(piece),
    say: (text) => talk.write(text),
    isTerminal: files.data === undefined && io.stdout.isTTY === true,
    failed,
    get failure() {
      return failure;
    },
    get congested() {
      return files.congested || talk.congested || data?.congested === true;
    },
    drained: async () => {
      await Promise.all([files.drained(), talk.drained(), data?.drained()]);
    },
    broken: data?.broken ?? NEVER,
    hurry: () => files.hurry(),
    flushed: async () => stdout?.flushed(),
    close: () => files.close(),
  };
}

/** Resolves when what standard output gets cannot be written, which is no reader that went away. */
async function stdoutFailure(stdout: Sink | undefined): Promise<FramecatError> {
  await stdout?.broken;
  return stdout?.failure ? cannotWriteStdout(stdout.failure) : NEVER;
}

/** What to say of it. */
export function cannotWriteStdout(cause: Error): FramecatError {
  return usageError(`cannot write standard output: ${errnoWords(cause)}`);
}

const NEVER = new Promise<never>(() => undefined);
