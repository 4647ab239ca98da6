import type { Io } from "../io.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { jsonLine } from "../render/json-line.ts";
import type { Connection } from "../transport/connection.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { Event, EventListener } from "../transport/events.ts";
import type { Address } from "../transport/listen-sockets.ts";
import type { Args } from "./command.ts";
import { readFrameLook, themeFor } from "./frame-flags.ts";
import { createSink, type Sink } from "./sink.ts";

export type Show = (event: Event, find: (conn: string) => Connection | undefined) => void;

/** Shows events; while the reader of the output is slow, no client that causes any is read. */
export function shower(args: Args, io: Io, log: Sink): Show {
  if (args.flag("quiet")) return () => undefined;
  const write = writer(args, io, log);
  const held = new Set<Connection>();
  return (event, find) => {
    write(event);
    if (!log.congested) return;
    const connection = find(event.conn);
    if (!connection || held.has(connection)) return;
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

/** On stdout, but for NDJSON, which it would spoil. @param what the server does */
export function tellAddress(
  addresses: readonly Address[],
  what: string,
  args: Args,
  io: Io,
  output: Sink,
): void {
  if (args.flag("json")) return output.write(addressJson(addresses));
  const ndjson = args.text("format") === "ndjson";
  const stream = ndjson ? io.stderr : io.stdout;
  const { good, bold, dim } = themeFor(args, io, stream);
  const urls = addresses.map(({ url }) => bold(url)).join(" and ");
  const line = `${good("●")} listening on ${urls} ${dim(`· ${what} · Ctrl-C ends`)}\n`;
  (ndjson ? createSink(io.stderr) : output).write(line);
}

function addressJson(addresses: readonly Address[]): string {
  const [first] = addresses;
  return jsonLine({ url: first?.url, port: first?.port, addresses });
}
