import type { FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { PipeOutput } from "../pipe/pipe.ts";
import type { EventListener } from "../transport/events.ts";
import { version } from "../version.ts";
import type { Args } from "./command.ts";
import { openOutputs } from "./output-files.ts";
import { createSink, type Sink } from "./sink.ts";
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
  /** Resolves with what to say when a file cannot be written any more. */
  readonly failed: Promise<FramecatError>;
  /** Resolves when all is written, or never will be. */
  close(): Promise<void>;
}

/**
 * Opens what the flags name, before anything is dialled.
 * @throws FramecatError (usage)
 */
export async function openConnectOutputs(args: Args, io: Io): Promise<Outputs> {
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
  const data = files.data ?? (args.flag("json") ? undefined : createSink(io.stdout));
  return {
    follow: (event) => files.listener?.(event),
    write: (piece) => data?.write(piece),
    say: (text) => talk.write(text),
    isTerminal: files.data === undefined && io.stdout.isTTY === true,
    failed: files.failed,
    get congested() {
      return files.congested || talk.congested || data?.congested === true;
    },
    drained: async () => {
      await Promise.all([files.drained(), talk.drained(), data?.drained()]);
    },
    broken: data?.broken ?? NEVER,
    close: () => closeAll(data, files),
  };
}

const NEVER = new Promise<void>(() => undefined);

async function closeAll(data: Sink | undefined, files: { close(): Promise<void> }): Promise<void> {
  await data?.flushed();
  await files.close();
}
