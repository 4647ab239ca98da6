import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { Listener } from "../server/listener.ts";
import { parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { parseSubprotocol } from "./dial-flags.ts";
import { readGuards } from "./listen-guards.ts";
import { readListenTls } from "./listen-tls.ts";
import { readMode } from "./listen-modes.ts";
import { shower, tellAddress } from "./listen-output.ts";
import { readPlace } from "./listen-place.ts";
import { readGraceMs, serveUntilStopped } from "./listen-stop.ts";
import { createSink } from "./sink.ts";

/** Runs `listen` until a signal comes; gives the exit code. @throws FramecatError that carries one */
export async function runListen(args: Args, io: Io): Promise<number> {
  const output = createSink(io.stdout);
  const log = args.flag("json") ? createSink(io.stderr) : output;
  const mode = readMode(args);
  const graceMs = readGraceMs(args);
  const guarding = readGuards(args, io, { seesMessages: true });
  const secured = await readListenTls(args, io, guarding.serve.handshakeTimeoutMs);
  const show = shower(args, io, log);
  const listener: Listener = await Listener.start({
    serve: {
      place: readPlace(args),
      clock: io.clock,
      frames: !args.flag("quiet"),
      deflate: args.text("deflate") === "off" ? undefined : {},
      chooseSubprotocol: chooser(args.list("subprotocol").map(parseSubprotocol)),
      deflateThreshold: parseSize(args.text("deflate-threshold") ?? "1KiB", "--deflate-threshold"),
      ...guarding.serve,
      tls: secured?.tls,
    },
    guards: guarding.guards,
    mode: mode.make,
    random: io.random,
    onEvent: (event) => show(event, (conn) => listener.find(conn)),
  });
  const { selfSigned } = secured ?? {};
  tellAddress({ addresses: listener.addresses, what: mode.name, selfSigned }, args, io, output);
  const code = await serveUntilStopped(listener, graceMs, io, output);
  await log.flushed();
  return code;
}

function chooser(accepted: readonly string[]) {
  return (offered: readonly string[]): string | undefined =>
    offered.find((name) => accepted.length === 0 || accepted.includes(name));
}
