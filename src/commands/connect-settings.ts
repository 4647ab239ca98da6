import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { jsonLine } from "../render/json-line.ts";
import { eventToJson } from "../transport/event-json.ts";
import { parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { readChecks } from "./connect-checks.ts";
import { readEof, readInputFormat, readOutputFormat } from "./connect-input.ts";
import { readLife } from "./connect-life.ts";
import { readPatterns } from "./connect-patterns.ts";
import type { ReplayPlan } from "./connect-replay.ts";
import { readDecoder } from "./decode-flags.ts";
import { readDeflateFlags } from "./deflate-flags.ts";
import { readDialFlags } from "./dial-flags.ts";
import { readFrameLook } from "./frame-flags.ts";
import { parseSpeed, readReplay } from "./replay-file.ts";

/** All that the flags of `connect` say, but for what is written where. */
export type ConnectSettings = Awaited<ReturnType<typeof readSettings>>;

/** Flags of scripts: with one of them nobody talks at a prompt. */
const SCRIPT_FLAGS = ["json", "one", "text", "binary", "null", "keep-delimiter"] as const;
const SCRIPT_VALUES = [
  "count",
  "until",
  "expect-close",
  "expect-subprotocol",
  "max-latency",
  "timeout",
  "junit",
  "input-format",
  "format",
  "chunk",
  "delimiter",
  "eof",
  "replay",
  "output",
];

/** @throws FramecatError (usage) */
export async function readSettings(args: Args, io: Io) {
  const [url] = args.positionals;
  if (url === undefined) {
    throw usageError("connect needs an address", "Example: framecat connect ws://127.0.0.1:8080/.");
  }
  const checks = await readChecks(args);
  const isScript =
    checks.given ||
    !args.flag("stdin") ||
    SCRIPT_FLAGS.some((name) => args.flag(name)) ||
    SCRIPT_VALUES.some((name) => args.text(name) !== undefined);
  const interactive = io.stdin.isTTY === true && io.stdout.isTTY === true && !isScript;
  const look = readFrameLook(args, io, interactive ? io.stdout : io.stderr);
  const include = args.flag("include");
  const showSecrets = args.flag("show-secrets");
  return {
    url,
    dial: readDialFlags(url, args, io.env),
    deflate: readDeflateFlags(args, { default: args.flag("binary") ? "off" : "on" }),
    maxMessageLength: readMaxPayload(args),
    first: args.list("send").map((data) => ({ data, binary: false })),
    ...(await readLife(args)),
    ...(await readPatterns(args)),
    checks,
    interactive,
    /** Stdin is not ruled out. */
    stdin: args.flag("stdin"),
    // What waits for messages on a terminal is not there to be typed into.
    readsStdin: args.flag("stdin") && !(checks.given && io.stdin.isTTY === true),
    input: readInputFormat(args),
    replay: await readReplayPlan(args),
    output: readOutputFormat(args, (event) => jsonLine(eventToJson(event, { showSecrets }))),
    eof: readEof(args),
    // Watching the wire takes time, which a pipe that shows no frames does not have.
    frames:
      interactive ||
      args.text("format") === "ndjson" ||
      args.text("record") !== undefined ||
      look.verbosity > 0,
    look: { ...look, include, decoder: await readDecoder(args) },
    /** Frames are shown beside the data. */
    showsFrames: look.verbosity > 0 || include,
    quiet: args.flag("quiet"),
    showSecrets,
    history: args.flag("history"),
    summary: args.flag("summary"),
    json: args.flag("json"),
    junit: args.text("junit"),
  };
}

async function readReplayPlan(args: Args): Promise<ReplayPlan | undefined> {
  const [file, speed] = [args.text("replay"), args.text("speed")];
  if (file === undefined) {
    if (speed === undefined) return undefined;
    throw usageError("--speed needs --replay");
  }
  return { session: await readReplay(file), speed: parseSpeed(speed ?? "1") };
}

function readMaxPayload(args: Args): number {
  const size = parseSize(args.text("max-payload") ?? "100MiB", "--max-payload");
  if (size === 0) throw usageError("--max-payload must be at least one byte");
  return size;
}
