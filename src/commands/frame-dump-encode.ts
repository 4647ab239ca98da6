import { createReadStream } from "node:fs";
import { errnoWords } from "../errno-words.ts";
import { EXIT_DONE, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { encodeFrame } from "../protocol/encoder.ts";
import { hexPairs } from "../render/hexdump.ts";
import { EventLineReader } from "../transport/read-event-lines.ts";
import type { Args, Command } from "./command.ts";
import { FramesOfEvents, type Told } from "./encode-events.ts";
import {
  ENCODE_OPTIONS,
  type EncodedSpec,
  readFrames,
  readMask,
  strayFrameFlag,
  tellsFrame,
} from "./encode-flags.ts";
import { createSink } from "./sink.ts";

export const frameDumpEncode: Command = {
  name: "frame-dump encode",
  summary:
    "Build frames, right or wrong, from flags or from NDJSON of framecat; frame-dump decodes them.",
  positionals: "[FILE]",
  maxPositionals: 1,
  examples: [
    { command: "framecat frame-dump encode --text Hello", meaning: "a frame in hex" },
    {
      command: "framecat frame-dump encode --close 1001",
      meaning: "a Close frame",
    },
    {
      command: "framecat frame-dump encode --ping --length 200",
      meaning: "a ping that lies",
    },
  ],
  options: [
    ...ENCODE_OPTIONS,
    {
      name: "raw",
      kind: "flag",
      description: "write bytes, not a line of hex for each frame",
      topic: "Output",
      common: true,
    },
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const raw = args.flag("raw");
  if (raw && io.stdout.isTTY === true) {
    throw usageError(
      "--raw bytes are not for a terminal",
      "Redirect them, or pipe them through cat.",
    );
  }
  const output = createSink(io.stdout);
  for await (const told of openFrames(args, io)) {
    const bytes = "bytes" in told ? told.bytes : encode(told, io);
    output.write(raw ? bytes : `${hexPairs(bytes)}\n`);
    await output.drained();
    if (output.isBroken) break;
  }
  await output.flushed();
  return EXIT_DONE;
}

function openFrames(args: Args, io: Io): Iterable<EncodedSpec> | AsyncIterable<Told> {
  const [file] = args.positionals;
  if (!tellsFrame(args)) return recordedFrames(args, io);
  if (file === undefined) return readFrames(args);
  throw usageError(`unexpected argument ${JSON.stringify(file)}: the flags tell the frame`);
}

/** @throws FramecatError (usage) where a value does not fit its bits */
function encode({ mask, ...spec }: EncodedSpec, { random }: Io): Uint8Array {
  const key = mask === "random" ? Buffer.from(random(4)).readUInt32BE() : mask;
  try {
    return encodeFrame({ ...spec, maskKey: key === "none" ? undefined : key });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw usageError(`no such frame: ${thrown.message}`);
    throw thrown;
  }
}

async function* recordedFrames(args: Args, io: Io): AsyncGenerator<Told> {
  const stray = strayFrameFlag(args);
  if (stray !== undefined) {
    throw usageError(
      `${stray} needs a frame`,
      "Give --text, --binary, --close, --ping or --opcode.",
    );
  }
  const [file = "-"] = args.positionals;
  const name = file === "-" ? "stdin" : file;
  const frames = new FramesOfEvents(readMask(args) ?? "random");
  const reader = new EventLineReader(name);
  for await (const read of reader.read(file === "-" ? openStdin(io) : openFile(file))) {
    yield* frames.push(read);
  }
  if (reader.cut !== undefined) throw usageError(`${reader.cut}: the line is cut`);
  yield* frames.end();
}

function openStdin({ stdin, stderr }: Io): AsyncIterable<Uint8Array> {
  if (stdin.isTTY === true) {
    stderr.write("framecat: reading NDJSON from the terminal; end with Ctrl-D\n");
  }
  return stdin;
}

async function* openFile(name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(name) as AsyncIterable<Buffer>;
  } catch (thrown) {
    throw usageError(`cannot read ${name}: ${errnoWords(thrown)}`);
  }
}
