import type { Decoder } from "../decode/decoded.ts";
import type { Io } from "../io.ts";
import { saysOpen } from "../opened.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { jsonLine } from "../render/json-line.ts";
import type { Theme } from "../render/theme.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { Event, EventListener } from "../transport/events.ts";
import type { Address } from "../transport/listen-sockets.ts";
import type { SelfSigned } from "../transport/self-signed.ts";
import type { Args } from "./command.ts";
import { readFrameLook, themeFor } from "./frame-flags.ts";
import { conversationLint } from "./lint-view.ts";
import { type Find, holderOf } from "./listen-hold.ts";
import { RelaySides } from "./relay-sides.ts";
import { createSink, type Sink } from "./sink.ts";

export type Show = (event: Event, find: Find) => void;

/** How events are shown, beside what the flags say. */
export interface ListenLook {
  readonly decoder?: Decoder | undefined;
  /** Both sides of a connection are somewhere else: with -v, the rules that they break are told. */
  readonly isRelay?: boolean;
}

/** What waits for a reader of the output that sleeps, in bytes, before more of it is left out. */
const MAX_QUEUED = 16 * 1024 * 1024;

/**
 * Shows events; while the reader of the output is slow, no client that causes any is read. Some cannot
 * be held back: those that are turned away, and those that come only to go. Of them, what is left out
 * is counted, and its number told later.
 */
export function shower(args: Args, io: Io, log: Sink, look: ListenLook = {}): Show {
  if (args.flag("quiet")) return () => undefined;
  const write = writer(args, io, log, look);
  const holdBack = holderOf(log);
  const leaveOut = omission(io, log, write);
  return (event, find) => {
    const isLeftOut = log.congested && (log.queued > MAX_QUEUED || isOfNobody(event, find));
    if (isLeftOut) leaveOut();
    else write(event);
    holdBack(event, find);
  };
}

/** True for what is told of a client that never came in. */
function isOfNobody(event: Event, find: Find): boolean {
  if (find(event.conn)) return false;
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
      const message = `${count} events are left out here: nobody read them`;
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
