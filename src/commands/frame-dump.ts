import type { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { RawFrames } from "../capture/frames.ts";
import { parseHex } from "../capture/hex.ts";
import { type InputFormat, readBytes } from "../capture/input.ts";
import type { Decoder } from "../decode/decoded.ts";
import { EXIT_DONE, messageOf, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { exactLength } from "../render/exact-length.ts";
import { formatCount } from "../render/format.ts";
import { jsonLine } from "../render/json-line.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { FrameEvent } from "../transport/events.ts";
import { createInflate } from "../transport/inflater.ts";
import type { Args, Command } from "./command.ts";
import { OUTPUT_OPTIONS, TIMELESS_FRAME_OPTIONS } from "./common-options.ts";
import { DECODE_OPTION, readDecoder } from "./decode-flags.ts";
import { readTimelessLook } from "./frame-flags.ts";
import { createSink, type Sink } from "./sink.ts";

export const frameDump: Command = {
  name: "frame-dump",
  summary: "Decode WebSocket frames: raw bytes, or hex in any form that people paste.",
  positionals: "[FILE | HEX...]",
  maxPositionals: Number.POSITIVE_INFINITY,
  examples: [
    {
      command: "framecat frame-dump --diagram 81 05 48 65 6c 6c 6f",
      meaning: "every bit of a frame",
    },
    {
      command: "echo 818537fa213d7f9f4d5158 | framecat frame-dump",
      meaning: "hex from a pipe",
    },
    {
      command: "framecat frame-dump --format ndjson 890470696e67",
      meaning: "frames as JSON",
    },
  ],
  options: [
    {
      name: "diagram",
      kind: "flag",
      description: "draw the bit layout of each frame",
      topic: "Output",
      common: true,
    },
    {
      name: "hex",
      kind: "flag",
      description: "show every payload as a hex dump, text too",
      topic: "Output",
      common: true,
    },
    {
      name: "format",
      kind: "text",
      value: "FORM",
      choices: ["text", "ndjson"],
      description: "a line for each frame, or each frame as JSON",
      default: "text",
      topic: "Output",
      common: true,
    },
    ...TIMELESS_FRAME_OPTIONS,
    DECODE_OPTION,
    {
      name: "input-format",
      kind: "text",
      value: "FORM",
      choices: ["auto", "hex", "binary"],
      description: "what the input is",
      default: "auto",
      topic: "Input",
      common: true,
    },
    {
      name: "deflate",
      kind: "flag",
      description: "permessage-deflate was negotiated: inflate the messages with RSV1",
      topic: "Input",
      common: true,
    },
    {
      name: "quiet",
      alias: "q",
      kind: "flag",
      description: "say nothing on stderr but errors",
      topic: "Output",
    },
    // Raw frames hold no heads, so there are no secrets to show.
    ...OUTPUT_OPTIONS.filter(({ name }) => name === "color"),
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const decoder = await readDecoder(args);
  const output = createSink(io.stdout);
  const chunks = await openInput(args, io, output);
  const frames = new RawFrames({ createInflate: args.flag("deflate") ? createInflate : undefined });
  const print = printer(args, io, decoder);
  try {
    for await (const bytes of chunks) {
      output.write(frames.push(bytes).map(print).join(""));
      await output.drained();
      if (output.isBroken) return EXIT_DONE;
    }
  } catch (thrown) {
    // Who reads no more does not care how the input ends.
    if (!output.isBroken) throw thrown;
  }
  const ended = frames.end();
  if (ended?.event) output.write(print(ended.event));
  await output.flushed();
  if (ended && !args.flag("quiet")) io.stderr.write(`framecat: ${cutText(ended)}\n`);
  return EXIT_DONE;
}

/** The text of an event, lines ended. */
function printer(args: Args, io: Io, decoder?: Decoder): (event: FrameEvent) => string {
  if (args.text("format") === "ndjson") return ndjson;
  const render = createEventRenderer({
    ...readTimelessLook(args, io, io.stdout),
    decoder,
    diagram: args.flag("diagram"),
    hex: args.flag("hex"),
  });
  return (event) =>
    render(event)
      .map((line) => `${line}\n`)
      .join("");
}

/** Raw bytes tell no time, so there is none in their events. */
function ndjson(event: FrameEvent): string {
  const { t: _t, ns: _ns, ...rest } = eventToJson(event);
  return jsonLine(rest);
}

async function openInput(args: Args, io: Io, output: Sink): Promise<AsyncIterable<Uint8Array>> {
  const [first = "-", ...more] = args.positionals;
  const format = args.text("input-format") as InputFormat | undefined;
  if (first === "-" && more.length === 0) return readBytes(openStdin(io, output), "stdin", format);
  const kind = await fileKind(first);
  if (kind === "directory") throw usageError(`${JSON.stringify(first)} is a directory`);
  if (kind === undefined) return hexArguments(args.positionals);
  const [surplus] = more;
  if (surplus !== undefined) {
    throw usageError(`unexpected argument ${JSON.stringify(surplus)} after the file ${first}`);
  }
  return readBytes(openFile(first), first, format);
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
    throw usageError(`cannot read ${name}: ${messageOf(thrown)}`);
  }
}

async function* openFile(name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(name) as AsyncIterable<Buffer>;
  } catch (thrown) {
    throw usageError(`cannot read ${name}: ${messageOf(thrown)}`);
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

/** Words that name no file are hex. */
async function* hexArguments(words: readonly string[]): AsyncGenerator<Uint8Array> {
  const result = parseHex(words.join(" "));
  if (result.ok && result.bytes.length > 0) {
    yield result.bytes;
    return;
  }
  const message = result.ok ? "the arguments hold no bytes" : result.error.message;
  const [word = ""] = words;
  throw usageError(
    words.length > 1 ? message : `no file is named ${JSON.stringify(word)}, and ${message}`,
    "Give a FILE, or bytes in hex.",
  );
}

/** Where the input ends too early, and how much is missing. */
function cutText({ cut, event }: NonNullable<ReturnType<RawFrames["end"]>>): string {
  const { offset, part, present, missing } = cut;
  const whole = event ? BigInt(exactLength(event.frame)) : BigInt(present + missing);
  const figures = `${formatCount(whole - BigInt(present))} of ${formatCount(whole)} B are missing`;
  const where = `the input ends within the ${part} of the frame at byte ${formatCount(offset)}`;
  return `${where}: ${part === "header" ? "at least " : ""}${figures}`;
}
