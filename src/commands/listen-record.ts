import type { FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { Event } from "../transport/events.ts";
import { version } from "../version.ts";
import type { Args } from "./command.ts";
import { type Find, holderOf } from "./listen-hold.ts";
import { openOutputs } from "./output-files.ts";

/** The files that what happens is written to. */
export interface Recording {
  readonly isOn: boolean;
  /** Takes an event; while the files are behind, no connection that causes any is read. */
  readonly take: (event: Event, find: Find) => void;
  /** Resolves with what to say when a file cannot be written any more. */
  readonly failed: Promise<FramecatError>;
  /** From now on a reader of a pipe that sleeps is given up. */
  hurry(): void;
  /** Writes what is left. @returns what went wrong, if anything did */
  end(): Promise<FramecatError | undefined>;
}

/** Whether each frame is shown or recorded. */
export function looksAtFrames(args: Args): boolean {
  return !args.flag("quiet") || args.text("record") !== undefined || args.text("har") !== undefined;
}

/**
 * Opens what `--record` and `--har` name.
 * @throws FramecatError (usage)
 */
export async function openRecording(args: Args, io: Io): Promise<Recording> {
  const files = await openOutputs(
    {
      record: args.text("record"),
      har: args.text("har"),
      showSecrets: args.flag("show-secrets"),
      version: version(),
    },
    io,
  );
  const { listener } = files;
  const holdBack = holderOf(files);
  let failure: FramecatError | undefined;
  const failed = files.failed.then((error) => (failure = error));
  return {
    isOn: listener !== undefined,
    take: (event, find) => {
      listener?.(event);
      if (listener) holdBack(event, find);
    },
    failed,
    hurry: () => files.hurry(),
    end: async () => {
      await files.close();
      return failure;
    },
  };
}
