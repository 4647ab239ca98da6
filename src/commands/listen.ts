import { whenAborted } from "../abort.ts";
import { EXIT_DONE, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { jsonLine } from "../render/json-line.ts";
import { echo } from "../server/echo.ts";
import type { Connection } from "../transport/connection.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { Event, EventListener } from "../transport/events.ts";
import { type Server, serve } from "../transport/serve.ts";
import { parseCount, parseSize } from "../units.ts";
import type { Args, Command } from "./command.ts";
import { FRAME_OPTIONS, OUTPUT_OPTIONS } from "./common-options.ts";
import { parseSubprotocol } from "./dial-flags.ts";
import { readFrameLook, themeFor } from "./frame-flags.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

const DEFAULT_PORT = "8080";

export const listen: Command = {
  name: "listen",
  summary: "Serve WebSocket connections: echo every message and show every frame.",
  positionals: "[PORT]",
  maxPositionals: 1,
  examples: [
    { command: "framecat listen", meaning: "echo on ws://127.0.0.1:8080/ and ws://[::1]:8080/" },
    { command: "framecat listen 0 --json", meaning: "a free port; its address as JSON" },
    { command: "framecat listen 9000 -s chat -v", meaning: "accept a subprotocol, show all" },
  ],
  options: [
    {
      name: "host",
      kind: "text",
      value: "ADDRESS",
      description: "bind this address; 0.0.0.0 or :: opens the server to the network",
      default: "127.0.0.1 and ::1",
      topic: "Server",
      common: true,
    },
    {
      name: "subprotocol",
      alias: "s",
      kind: "list",
      value: "NAME",
      description: "accept this subprotocol; repeatable",
      default: "the first one a client offers",
      topic: "Server",
      common: true,
    },
    {
      name: "deflate",
      kind: "text",
      value: "WHEN",
      choices: ["on", "off"],
      description: "agree to permessage-deflate where a client offers it",
      default: "on",
      topic: "Server",
    },
    {
      name: "max-payload",
      kind: "text",
      value: "SIZE",
      description: "answer longer messages with 1009",
      default: "100MiB",
      topic: "Server",
    },
    {
      name: "json",
      kind: "flag",
      description: "print the address as one line of JSON, and nothing else, on stdout",
      topic: "Output",
      common: true,
    },
    {
      name: "format",
      kind: "text",
      value: "FORM",
      choices: ["text", "ndjson"],
      description: "show frames as lines for people, or every event as JSON",
      default: "text",
      topic: "Output",
      common: true,
    },
    {
      name: "quiet",
      alias: "q",
      kind: "flag",
      description: "show the address only, which is also the fastest",
      topic: "Output",
      common: true,
    },
    ...FRAME_OPTIONS,
    ...OUTPUT_OPTIONS,
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const [port = DEFAULT_PORT] = args.positionals;
  const json = args.flag("json");
  const output = createSink(io.stdout);
  const log = json ? createSink(io.stderr) : output;
  const show = shower(args, io, log);
  const connections = new Map<string, Connection>();
  const server = await serve({
    host: readHost(args),
    port: parseCount(port, "PORT", 0, 65_535),
    clock: io.clock,
    frames: !args.flag("quiet"),
    deflate: args.text("deflate") === "off" ? undefined : {},
    chooseSubprotocol: chooser(args.list("subprotocol").map(parseSubprotocol)),
    maxMessageLength: readMaxPayload(args),
    onConnection: (connection) => connections.set(connection.id, connection),
    onEvent: (event) => {
      show(event, connections);
      const connection = connections.get(event.conn);
      if (connection) echo(event, connection);
      if (event.type === "close") connections.delete(event.conn);
    },
  });
  const signals = watchSignals(io);
  tellAddress(server, args, io, output);
  await untilStopped(server, signals, output);
  await log.flushed();
  return signals.received ? exitCodeOf(signals.received) : EXIT_DONE;
}

/** An empty address, as of a variable that is not set, would open the server to the network. */
function readHost(args: Args): string | undefined {
  const host = args.text("host");
  if (host === "") throw usageError("--host needs an address", "Example: --host 127.0.0.1.");
  return host;
}

function readMaxPayload(args: Args): number {
  const size = parseSize(args.text("max-payload") ?? "100MiB", "--max-payload");
  if (size === 0) throw usageError("--max-payload must be at least one byte");
  return size;
}

function chooser(accepted: readonly string[]) {
  return (offered: readonly string[]): string | undefined =>
    offered.find((name) => accepted.length === 0 || accepted.includes(name));
}

type Show = (event: Event, connections: ReadonlyMap<string, Connection>) => void;

/** Shows events; while the reader of the output is slow, no client that causes any is read. */
function shower(args: Args, io: Io, log: Sink): Show {
  if (args.flag("quiet")) return () => undefined;
  const write = writer(args, io, log);
  const held = new Set<Connection>();
  return (event, connections) => {
    write(event);
    const connection = connections.get(event.conn);
    if (!log.congested || !connection || held.has(connection)) return;
    held.add(connection);
    const release = connection.hold();
    void log.drained().then(() => {
      held.delete(connection);
      release();
    });
  };
}

function writer(args: Args, io: Io, log: Sink): EventListener {
  const showSecrets = args.flag("show-secrets");
  if (args.text("format") === "ndjson") {
    return (event) => log.write(jsonLine(eventToJson(event, { showSecrets })));
  }
  const stream = args.flag("json") ? io.stderr : io.stdout;
  const render = createEventRenderer({
    ...readFrameLook(args, io, stream),
    labelConnections: true,
    showSecrets,
  });
  return (event) => {
    for (const line of render(event)) log.write(`${line}\n`);
  };
}

/** On stdout, but for NDJSON, which it would spoil. */
function tellAddress(server: Server, args: Args, io: Io, output: Sink): void {
  if (args.flag("json")) return output.write(addressJson(server));
  const ndjson = args.text("format") === "ndjson";
  const stream = ndjson ? io.stderr : io.stdout;
  const { good, bold, dim } = themeFor(args, io, stream);
  const urls = server.addresses.map(({ url }) => bold(url)).join(" and ");
  const line = `${good("●")} listening on ${urls} ${dim("· echo · Ctrl-C ends")}\n`;
  (ndjson ? createSink(io.stderr) : output).write(line);
}

function addressJson({ addresses }: Server): string {
  const [first] = addresses;
  return jsonLine({ url: first?.url, port: first?.port, addresses });
}

/** Serves until a signal comes or nobody reads the output; a second signal ends it at once. */
async function untilStopped(server: Server, signals: SignalWatch, output: Sink): Promise<void> {
  whenAborted(signals.kill, () => {
    for (const connection of server.connections) connection.terminate();
  });
  const stopped = new Promise<void>((resolve) => whenAborted(signals.stop, resolve));
  await Promise.race([stopped, output.broken]);
  await server.close();
  signals.off();
}
