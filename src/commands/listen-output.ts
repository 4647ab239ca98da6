import type { Decoder } from "../decode/decoded.ts";
import type { Io } from "../io.ts";
import { saysOpen } from "../opened.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { jsonLine } from "../render/json-line.ts";
import type { Theme } from "../render/theme.ts";
import type { Holdable } from "../server/mode.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { Event, EventListener } from "../transport/events.ts";
import type { Address } from "../transport/listen-sockets.ts";
import type { SelfSigned } from "../transport/self-signed.ts";
import type { Args } from "./command.ts";
import { readFrameLook, themeFor } from "./frame-flags.ts";
import { conversationLint } from "./lint-view.ts";
import { holderOf } from "./listen-record.ts";
import { RelaySides } from "./relay-sides.ts";
import { createSink, type Sink } from "./sink.ts";

export type Show = (event: Event, find: (conn: string) => Holdable | undefined) => void;

/** How events are shown, beside what the flags say. */
export interface ListenLook {
  readonly decoder?: Decoder | undefined;
  /** Both sides of a connection are somewhere else: with -v, the rules that they break are told. */
  readonly isRelay?: boolean;
}

/**
 * Shows events; while the reader of the output is slow, no client that causes any is read. Of clients
 * that are turned away meanwhile, whom nobody can hold back, the number is told later.
 */
export function shower(args: Args, io: Io, log: Sink, look: ListenLook = {}): Show {
  if (args.flag("quiet")) return () => undefined;
  const write = writer(args, io, log, look);
  const hold = holderOf(log);
  const leaveOut = omission(io, log, write);
  return (event, find) => {
    const connection = log.congested ? find(event.conn) : undefined;
    if (log.congested && !connection && isOfNobody(event)) return leaveOut();
    write(event);
    if (log.congested) hold(connection ?? find(event.conn));
  };
}

/** True for what is told of a client that never came in. */
function isOfNobody(event: Event): boolean {
  if (event.type === "handshake") return !saysOpen(event);
  return event.type === "note" || event.type === "error";
}

/** Counts what is left out, and tells it once there is room. */
function omission(io: Io, log: Sink, write: EventListener): () => void {
  let count = 0;
  return () => {
    count += 1;
    if (count > 1) return;
    void log.drained().then(() => {
      const message = `${count} lines on clients that did not come in are left out: nobody read them`;
      count = 0;
      write({ type: "note", conn: "0", at: io.clock.now(), message });
    });
  };
}

function writer(args: Args, io: Io, log: Sink, look: ListenLook): EventListener {
  const showSecrets = args.flag("show-secrets");
  if (args.text("format") === "ndjson") {
    return (event) => log.write(jsonLine(eventToJson(event, { showSecrets })));
  }
  const stream = args.flag("json") ? io.stderr : io.stdout;
  const frameLook = readFrameLook(args, io, stream);
  const { decoder, isRelay = false } = look;
  const options = { ...frameLook, labelConnections: true, showSecrets };
  const sides = new RelaySides();
  const render = createEventRenderer({ ...options, decoder, ...(isRelay && { sides: sides.of }) });
  const judge = isRelay && frameLook.verbosity > 0 ? conversationLint(options) : () => [];
  return (event) => {
    if (isRelay) sides.take(event);
    for (const line of [...render(event), ...judge(event)]) log.write(`${line}\n`);
  };
}

/** What is told of a server that stands. */
export interface Standing {
  readonly addresses: readonly Address[];
  /** What the server does. */
  readonly what: string;
  /** The certificate, where it was made on the spot and nobody knows it. */
  readonly selfSigned?: SelfSigned | undefined;
}

/** On stdout, but for NDJSON, which it would spoil. */
export function tellAddress(standing: Standing, args: Args, io: Io, output: Sink): void {
  if (args.flag("json")) return output.write(addressJson(standing));
  const { addresses, what, selfSigned } = standing;
  const ndjson = args.text("format") === "ndjson";
  const stream = ndjson ? io.stderr : io.stdout;
  const theme = themeFor(args, io, stream);
  const { good, bold, dim } = theme;
  const urls = addresses.map(({ url }) => bold(url)).join(" and ");
  const line = `${good("●")} listening on ${urls} ${dim(`· ${what} · Ctrl-C ends`)}\n`;
  const certificate = selfSigned ? certificateLines(selfSigned, theme) : "";
  (ndjson ? createSink(io.stderr) : output).write(line + certificate);
}

/** How a client can trust a certificate that it has never seen. */
function certificateLines({ fingerprint256 }: SelfSigned, { dim }: Theme): string {
  return [
    dim("  self-signed for this run: clients need --insecure, or compare its SHA-256"),
    dim(`  ${fingerprint256}`),
    "",
  ].join("\n");
}

function addressJson({ addresses, selfSigned }: Standing): string {
  const [first] = addresses;
  const { cert, fingerprint256 } = selfSigned ?? {};
  const certificate = selfSigned && { fingerprint256, pem: cert };
  return jsonLine({ url: first?.url, port: first?.port, addresses, certificate });
}
