import { usageError } from "../errors.ts";
import { parseDelimiter } from "../pipe/delimiter.ts";
import type { InputFormat } from "../pipe/input-format.ts";
import type { Eof } from "../pipe/linger.ts";
import type { OutputFormat } from "../pipe/output-format.ts";
import type { Event } from "../transport/events.ts";
import { parseDurationMs, parseSize } from "../units.ts";
import type { Args } from "./command.ts";

const MAX_CHUNK = 64 * 1024 * 1024;

/** What ends a message: none where the flags leave it to the format. */
interface Delimiting {
  readonly delimiter?: Uint8Array;
  readonly keepDelimiter?: boolean;
}

/**
 * Reads how stdin becomes messages.
 * @throws FramecatError (usage), also for flags that contradict each other
 */
export function readInputFormat(args: Args): InputFormat {
  const kind = inputKind(args);
  const chunk = args.text("chunk");
  const one = args.flag("one");
  if (one && kind !== "text" && kind !== "binary") {
    throw usageError(`--one takes the bytes of stdin as they are, not --input-format ${kind}`);
  }
  if (chunk !== undefined && (kind !== "binary" || one)) {
    throw usageError("--chunk is for --binary without --one");
  }
  const delimiting = readDelimiting(args);
  const cut = delimiting.delimiter ?? delimiting.keepDelimiter;
  if (one) return { kind: "one", binary: kind === "binary" };
  if (kind === "text") return { kind: "lines", binary: false, ...delimiting };
  // A delimiter says that the bytes are cut there.
  if (kind === "binary" && cut !== undefined) return { kind: "lines", binary: true, ...delimiting };
  if (kind === "binary") return { kind: "chunks", size: chunkSize(chunk) };
  return { kind };
}

type InputKind = "text" | "binary" | "hex" | "base64" | "ndjson";

function inputKind(args: Args): InputKind {
  const [text, binary] = [args.flag("text"), args.flag("binary")];
  if (text && binary) throw usageError("--text and --binary contradict each other");
  const named = args.text("input-format") as InputKind | undefined;
  return named ?? (binary ? "binary" : "text");
}

function chunkSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = parseSize(text, "--chunk");
  if (size >= 1 && size <= MAX_CHUNK) return size;
  throw usageError("--chunk must be from 1 byte to 64MiB");
}

function readDelimiting(args: Args): Delimiting {
  const given = args.text("delimiter");
  if (given !== undefined && args.flag("null")) {
    throw usageError("--delimiter and -0 both say what ends a message");
  }
  const text = args.flag("null") ? "\\0" : given;
  return {
    ...(text !== undefined && { delimiter: parseDelimiter(text, "--delimiter") }),
    ...(args.flag("keep-delimiter") && { keepDelimiter: true }),
  };
}

/**
 * Reads what is written of what comes.
 * @param lineOf an event as a line of NDJSON
 * @throws FramecatError (usage)
 */
export function readOutputFormat(args: Args, lineOf: (event: Event) => string): OutputFormat {
  const usual = args.flag("binary") ? "raw" : "text";
  const kind = (args.text("format") ?? usual) as OutputFormat["kind"];
  const escapeNewlines = args.flag("escape-newlines");
  if (escapeNewlines && kind !== "text") throw usageError("--escape-newlines is for --format text");
  switch (kind) {
    case "text":
      return { kind, ...readDelimiting(args), escapeNewlines };
    case "ndjson":
      return { kind, lineOf };
    default:
      return { kind };
  }
}

/** Reads `--eof`; undefined where it is left open. @throws FramecatError (usage) */
export function readEof(args: Args): Eof | undefined {
  const text = args.text("eof");
  if (text === undefined || text === "close" || text === "wait") {
    return text === undefined ? undefined : { kind: text };
  }
  const quiet = /^linger=(.+)$/.exec(text)?.[1];
  if (quiet !== undefined)
    return { kind: "linger", quietMs: parseDurationMs(quiet, "--eof linger") };
  throw usageError(`--eof must be close, wait or linger=TIME, not ${JSON.stringify(text)}`);
}
