import { whenAborted } from "../abort.ts";
import { EXIT_DONE, FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { Eof } from "../pipe/linger.ts";
import { runPipe } from "../pipe/pipe.ts";
import { createEventRenderer, type EventRenderer } from "../render/event-lines.ts";
import { escapeControl } from "../render/escape.ts";
import { jsonLine } from "../render/json-line.ts";
import { runSession } from "../repl/session.ts";
import type { Connection } from "../transport/connection.ts";
import { dial } from "../transport/dial.ts";
import { eventToJson } from "../transport/event-json.ts";
import {
  type CloseEvent,
  type Event,
  type EventListener,
  isReceived,
} from "../transport/events.ts";
import { parseDurationMs } from "../units.ts";
import type { Args, Command } from "./command.ts";
import { FRAME_OPTIONS, OUTPUT_OPTIONS } from "./common-options.ts";
import { type EndWatch, watchEnd } from "./connection-end.ts";
import { readDialFlags } from "./dial-flags.ts";
import { DIAL_OPTIONS } from "./dial-options.ts";
import { readFrameLook } from "./frame-flags.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

export const connect: Command = {
  name: "connect",
  summary: "Talk to a WebSocket endpoint: a prompt for people, a pipe for scripts.",
  positionals: "URL",
  maxPositionals: 1,
  examples: [
    { command: "framecat connect ws://127.0.0.1:8080/", meaning: "type messages, see every frame" },
    { command: "echo hello | framecat connect :8080", meaning: "send lines, print the replies" },
    { command: "framecat connect :8080 -x hi -q </dev/null", meaning: "send one, print replies" },
  ],
  options: [
    {
      name: "send",
      alias: "x",
      kind: "list",
      value: "MESSAGE",
      description: "send this first; repeatable",
      topic: "Messages",
      common: true,
    },
    {
      name: "binary",
      kind: "flag",
      description: "stdin and stdout are bytes, not lines",
      topic: "Messages",
      common: true,
    },
    {
      name: "format",
      kind: "text",
      value: "FORM",
      choices: ["text", "raw", "ndjson"],
      description: "piped output: lines, payloads, every event",
      default: "text; raw with --binary",
      topic: "Output",
      common: true,
    },
    {
      name: "eof",
      kind: "text",
      value: "WHAT",
      description: "when stdin ends: close, wait, linger=TIME",
      default: "linger=1s, close once quiet for a second",
      topic: "Messages",
      common: true,
    },
    {
      name: "deflate",
      kind: "text",
      value: "WHEN",
      choices: ["on", "off", "required"],
      description: "offer permessage-deflate",
      default: "on; off with --binary",
      topic: "Connection",
    },
    ...DIAL_OPTIONS,
    {
      name: "quiet",
      alias: "q",
      kind: "flag",
      description: "show received payloads only",
      topic: "Output",
      common: true,
    },
    ...FRAME_OPTIONS,
    ...OUTPUT_OPTIONS,
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const [url] = args.positionals;
  if (url === undefined) {
    throw usageError("connect needs an address", "Example: framecat connect ws://127.0.0.1:8080/.");
  }
  const interactive = io.stdin.isTTY === true && io.stdout.isTTY === true;
  const settings = readSettings(url, args, io, interactive);
  const watch = watchEnd();
  const signals = watchSignals(io);
  const open = opener(settings, watch, signals, io);
  try {
    const code = interactive
      ? await converse(open, watch, settings, signals, io)
      : await pipe(open, watch, settings, io);
    return signals.received ? exitCodeOf(signals.received) : code;
  } catch (thrown) {
    if (signals.received) return exitCodeOf(signals.received);
    throw thrown;
  } finally {
    signals.off();
    io.stdin.destroy();
  }
}

type Settings = ReturnType<typeof readSettings>;

function readSettings(url: string, args: Args, io: Io, interactive: boolean) {
  const binary = args.flag("binary");
  const format = args.text("format") ?? (binary ? "raw" : "text");
  const look = readFrameLook(args, io, interactive ? io.stdout : io.stderr);
  return {
    dial: readDialFlags(url, args, io.env),
    first: args.list("send"),
    binary,
    format,
    // Watching the wire takes time, which a pipe that shows no frames does not have.
    frames: interactive || format === "ndjson" || look.verbosity > 0,
    eof: parseEof(args.text("eof") ?? "linger=1s"),
    deflate: args.text("deflate") ?? (binary ? "off" : "on"),
    quiet: args.flag("quiet"),
    look,
    showSecrets: args.flag("show-secrets"),
  };
}

function parseEof(text: string): Eof {
  if (text === "close" || text === "wait") return { kind: text };
  const quiet = /^linger=(.+)$/.exec(text)?.[1];
  if (quiet !== undefined)
    return { kind: "linger", quietMs: parseDurationMs(quiet, "--eof linger") };
  throw usageError(`--eof must be close, wait or linger=TIME, not ${JSON.stringify(text)}`);
}

type Open = (onEvent: EventListener) => Promise<Connection>;

function opener(settings: Settings, watch: EndWatch, signals: SignalWatch, io: Io): Open {
  return async (onEvent) => {
    const connection = await dial({
      ...settings.dial,
      id: "1",
      clock: io.clock,
      random: io.random,
      frames: settings.frames,
      deflate: settings.deflate === "off" ? undefined : { clientMaxWindowBits: true },
      signal: signals.stop,
      onEvent: (event) => {
        watch.listener(event);
        onEvent(event);
      },
    });
    whenAborted(signals.stop, () => void connection.close());
    whenAborted(signals.kill, () => connection.terminate());
    if (settings.deflate === "required" && !connection.deflate) {
      await connection.close(1010, "permessage-deflate is required");
      throw new FramecatError("bad-handshake", "the server did not agree to permessage-deflate");
    }
    return connection;
  };
}

function rendererFor({ look, showSecrets }: Settings): EventRenderer {
  return createEventRenderer({ ...look, timestamps: true, showSecrets });
}

async function converse(
  open: Open,
  watch: EndWatch,
  settings: Settings,
  signals: SignalWatch,
  io: Io,
): Promise<number> {
  const render = settings.quiet ? payloadLines : rendererFor(settings);
  const close = await runSession(open, {
    input: io.stdin,
    output: io.stdout,
    prompt: "› ",
    first: settings.first,
    render,
    interrupt: () => signals.raise("SIGINT"),
  });
  return watch.judge(close);
}

async function pipe(open: Open, watch: EndWatch, settings: Settings, io: Io): Promise<number> {
  const output = createSink(io.stdout);
  const talk = createSink(io.stderr);
  const render = settings.look.verbosity > 0 ? rendererFor(settings) : undefined;
  const write = writer(settings, output, io.stdout.isTTY === true);
  const { close, whole, readerGone } = await runPipe(open, {
    input: io.stdin,
    output,
    first: settings.first,
    format: settings.binary ? { kind: "chunks" } : { kind: "lines", binary: false },
    eof: settings.eof,
    write: (event) => {
      write(event);
      for (const line of render?.(event) ?? []) talk.write(`${line}\n`);
    },
  });
  await output.flushed();
  if (readerGone) return EXIT_DONE;
  if (whole) return watch.judge(close);
  const code = judgeCutShort(watch, close);
  talk.write("framecat: the connection ended before all of stdin was sent\n");
  return code;
}

/** Where the end is a failure, its one line says that not all was sent, too. */
function judgeCutShort(watch: EndWatch, close: CloseEvent): number {
  try {
    return watch.judge(close);
  } catch (thrown) {
    if (!(thrown instanceof FramecatError)) throw thrown;
    const { code, message, hint } = thrown;
    throw new FramecatError(code, `${message}; not all of stdin was sent`, hint);
  }
}

/** What an event is in the piped output. */
function writer(
  { format, showSecrets }: Settings,
  output: Sink,
  isTerminal: boolean,
): EventListener {
  if (format === "ndjson") {
    return (event) => output.write(jsonLine(eventToJson(event, { showSecrets })));
  }
  // A terminal is shown what a payload holds; only --format raw may command it.
  if (format === "text" && isTerminal) {
    return (event) => {
      for (const line of payloadLines(event)) output.write(`${line}\n`);
    };
  }
  const end = format === "text" ? "\n" : "";
  return (event) => {
    if (!isReceived(event)) return;
    output.write(event.data);
    output.write(end);
  };
}

/** A message received, as a person may see it; of all else nothing. */
function payloadLines(event: Event): string[] {
  if (!isReceived(event)) return [];
  return [escapeControl(Buffer.from(event.data).toString("utf8"))];
}
