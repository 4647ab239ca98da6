import { stat } from "node:fs/promises";
import { filePieces } from "../capture/file-pieces.ts";
import type { CaptureReport } from "../capture/read-capture.ts";
import {
  type EventBatches,
  type EventFormat,
  type FoundFormat,
  readEventBatches,
  type ReadOptions,
} from "../capture/read-events.ts";
import { FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { createInflate } from "../transport/inflater.ts";
import { parseCount } from "../units.ts";
import type { Args } from "./command.ts";
import { errnoWords, isSystemError } from "../errno-words.ts";
import { readFlagFile } from "./flag-file.ts";
import type { Sink } from "./sink.ts";

/** What frame-dump reads, as events. */
export interface EventSource {
  readonly batches: EventBatches;
  /** What was found to be read; undefined before the first events. */
  readonly found: FoundFormat | undefined;
  /** What a capture held beside; undefined for other inputs. */
  readonly report: CaptureReport | undefined;
}

/**
 * Opens what the arguments name: a file, stdin, or bytes in hex.
 * @param stop ends the reading of a file that grows
 * @throws FramecatError (usage)
 */
export async function openSource(
  args: Args,
  io: Io,
  output: Sink,
  stop: AbortSignal,
): Promise<EventSource> {
  const source: { found?: FoundFormat; reading?: { readonly report: CaptureReport } } = {};
  const options: Omit<ReadOptions, "name"> = {
    format: args.text("input-format") as EventFormat | undefined,
    readCapture: async (chunks) => {
      const { readCaptureEvents } = await import("../capture/read-capture.ts");
      const [name = "-"] = args.positionals;
      const reading = readCaptureEvents(chunks, {
        ...captureOptions,
        name: name === "-" ? "stdin" : name,
        lint: args.flag("lint"),
      });
      source.reading = reading;
      return reading.batches();
    },
    raw: { lint: args.flag("lint"), ...(args.flag("deflate") && { createInflate }) },
    onFormat: (format) => (source.found = format),
  };
  const captureOptions = readCaptureFlags(args);
  return {
    batches: await openBatches(args, io, output, { options, stop }),
    get found() {
      return source.found;
    },
    get report() {
      return source.reading?.report;
    },
  };
}

function readCaptureFlags(args: Args) {
  const keylog = args.text("keylog");
  const ports = args.list("assume-websocket");
  return {
    deflate: args.flag("deflate"),
    assumeWebSocket: ports.map((port) => parseCount(port, "--assume-websocket", 1, 65_535)),
    ...(keylog !== undefined && { keylog: readFlagFile(keylog, `--keylog: ${keylog}`) }),
  };
}

interface Opening {
  readonly options: Omit<ReadOptions, "name">;
  readonly stop: AbortSignal;
}

async function openBatches(
  args: Args,
  io: Io,
  output: Sink,
  { options, stop }: Opening,
): Promise<EventBatches> {
  const [first = "-", ...more] = args.positionals;
  if (first === "-" && more.length === 0) {
    return readEventBatches(openStdin(io, output), { ...options, name: "stdin" });
  }
  const kind = await fileKind(first);
  if (kind === "directory") throw usageError(`${JSON.stringify(first)} is a directory`);
  if (kind === undefined) return readWords(args.positionals, options);
  const [surplus] = more;
  if (surplus !== undefined) {
    throw usageError(`unexpected argument ${JSON.stringify(surplus)} after the file ${first}`);
  }
  const named = { ...options, name: first };
  if (!args.flag("follow")) return readEventBatches(readable(first, filePieces(first)), named);
  const { followEventBatches } = await import("../capture/follow-events.ts");
  return readable(first, followEventBatches(first, { ...named, signal: stop }));
}

/** Says what is awaited where that is a person; stops reading once nobody reads the output. */
function openStdin({ stdin, stderr }: Io, output: Sink): AsyncIterable<Uint8Array> {
  if (stdin.isTTY === true)
    stderr.write("framecat: reading hex from the terminal; end with Ctrl-D\n");
  void output.broken.then(() => stdin.destroy());
  return stdin;
}

async function fileKind(name: string): Promise<"file" | "directory" | undefined> {
  try {
    return (await stat(name)).isDirectory() ? "directory" : "file";
  } catch (thrown) {
    // A long run of hex is no name that a file system takes.
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(codeOf(thrown))) return undefined;
    throw usageError(`cannot read ${name}: ${errnoWords(thrown)}`);
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

/** Tells what the system says of the file. */
async function* readable<T>(name: string, pieces: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* pieces;
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw usageError(`cannot read ${name}: ${errnoWords(thrown)}`);
  }
}

/** Words that name no file are bytes, in hex unless it is said otherwise. */
async function* readWords(
  words: readonly string[],
  options: Omit<ReadOptions, "name">,
): EventBatches {
  const format = options.format ?? "hex";
  if (words.every((word) => word.trim() === "")) throw usageError("the arguments hold no bytes");
  try {
    yield* readEventBatches(once(words.join(" ")), { ...options, format, name: "the arguments" });
  } catch (thrown) {
    if (!(thrown instanceof FramecatError)) throw thrown;
    // Where in the arguments something stands is seen at once.
    const message = thrown.message.replace(/^the arguments(?:, line \d+, column \d+)?: /, "");
    const [word = ""] = words;
    throw usageError(
      words.length > 1 ? message : `no file is named ${JSON.stringify(word)}, and ${message}`,
      "Give a FILE, or bytes in hex.",
    );
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
