import type { Readable } from "node:stream";
import { messageOf } from "../errors.ts";
import { LineSplitter } from "../pipe/split-lines.ts";

export interface Feed {
  /** Stops reading, and lets go of the input. */
  stop(): void;
}

export interface FeedOptions {
  readonly input: Readable;
  /** Takes a line; resolves when there is room for the next. */
  readonly typed: (line: string) => Promise<void>;
  /** Told why no more is read, where that is not the end of the input. */
  readonly note: (message: string) => void;
  /** All was read and taken. */
  readonly ended: () => void;
}

const MAX_LINE = 16 * 1024 * 1024;

/** Gives the lines of an input to a mode, no faster than it takes them. */
export function feedLines({ input, typed, note, ended }: FeedOptions): Feed {
  const feed = async (): Promise<void> => {
    for await (const line of linesOf(input)) await typed(line);
    ended();
  };
  let stopped = false;
  void feed().catch((thrown: unknown) => {
    if (!stopped) note(`stdin is read no further: ${messageOf(thrown)}`);
  });
  return {
    stop: () => {
      stopped = true;
      input.destroy();
    },
  };
}

/** @throws FramecatError (usage) for a line that is not UTF-8; Error for one that is too long */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  const splitter = new LineSplitter({ binary: false, limit: MAX_LINE });
  for await (const chunk of input) {
    for (const piece of splitter.push(Buffer.from(chunk as Uint8Array))) yield lineOf(piece);
  }
  for (const piece of splitter.end()) yield lineOf(piece);
}

function lineOf({ bytes, fin }: { readonly bytes: Uint8Array; readonly fin: boolean }): string {
  if (!fin || bytes.length > MAX_LINE) throw new Error("a line is longer than 16 MiB");
  return Buffer.from(bytes).toString();
}
