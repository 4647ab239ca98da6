import { whenAborted } from "../abort.ts";
import { EXIT_DONE, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { Listener } from "../server/listener.ts";
import { parseCount, parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { parseSubprotocol } from "./dial-flags.ts";
import { readMode } from "./listen-modes.ts";
import { shower, tellAddress } from "./listen-output.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

const DEFAULT_PORT = "8080";

/** Runs `listen` until a signal comes; gives the exit code. @throws FramecatError that carries one */
export async function runListen(args: Args, io: Io): Promise<number> {
  const [port = DEFAULT_PORT] = args.positionals;
  const output = createSink(io.stdout);
  const log = args.flag("json") ? createSink(io.stderr) : output;
  const mode = readMode(args);
  const show = shower(args, io, log);
  const listener: Listener = await Listener.start({
    serve: {
      place: { host: readHost(args), port: parseCount(port, "PORT", 0, 65_535) },
      clock: io.clock,
      frames: !args.flag("quiet"),
      deflate: args.text("deflate") === "off" ? undefined : {},
      chooseSubprotocol: chooser(args.list("subprotocol").map(parseSubprotocol)),
      maxMessageLength: readMaxPayload(args),
    },
    mode: mode.make,
    random: io.random,
    onEvent: (event) => show(event, (conn) => listener.clients.get(conn)?.connection),
  });
  const signals = watchSignals(io);
  tellAddress(listener.addresses, mode.name, args, io, output);
  await untilStopped(listener, signals, output);
  await log.flushed();
  return signals.kill.aborted && signals.received ? exitCodeOf(signals.received) : EXIT_DONE;
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

/** Serves until a signal comes or nobody reads the output; a second signal ends it at once. */
async function untilStopped(listener: Listener, signals: SignalWatch, output: Sink): Promise<void> {
  whenAborted(signals.kill, () => listener.terminate());
  const stopped = new Promise<void>((resolve) => whenAborted(signals.stop, resolve));
  await Promise.race([stopped, output.broken]);
  await listener.stop();
  signals.off();
}
