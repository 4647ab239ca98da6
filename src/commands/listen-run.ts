import type { Decoder } from "../decode/decoded.ts";
import { EXIT_DONE } from "../errors.ts";
import type { Io } from "../io.ts";
import type { FaultPlan } from "../server/faults/index.ts";
import { Listener } from "../server/listener.ts";
import type { Places } from "../server/places.ts";
import { parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { readDecoder } from "./decode-flags.ts";
import { parseSubprotocol } from "./dial-flags.ts";
import { readExec } from "./listen-exec.ts";
import { readFaults, tellFaults, wantsFaultList } from "./listen-faults.ts";
import { readGuards } from "./listen-guards.ts";
import { openHttp } from "./listen-http.ts";
import { readListenTls, refuseSelfSigned } from "./listen-tls.ts";
import { readMode } from "./listen-modes.ts";
import { LISTEN_OPTIONS } from "./listen-options.ts";
import { shower, type Standing, tellAddress } from "./listen-output.ts";
import { operate } from "./listen-prompt.ts";
import { hasPrompt } from "./listen-prompt-options.ts";
import { readPlace } from "./listen-place.ts";
import { openRecording, type Recording } from "./listen-record.ts";
import { readRelay } from "./listen-relay.ts";
import { readGraceMs, serveUntilStopped } from "./listen-stop.ts";
import { readWorkers } from "./listen-worker-flags.ts";
import type { MetricsExchange } from "./listen-worker-metrics.ts";
import { runWorkers } from "./listen-workers.ts";
import { createScreen } from "./screen.ts";
import { watchSignals } from "./signals.ts";
import { createSink } from "./sink.ts";

/** For a process that serves at a port which others serve too. */
export interface AsWorker {
  /** What the names of its connections begin with. */
  readonly idPrefix: string;
  /** Called in place of telling people. */
  readonly listening: (standing: Standing) => void;
  readonly exchange: MetricsExchange;
  /** Those of all, of this one too. */
  readonly places: Places;
}

/** Runs `listen` until a signal comes; gives the exit code. @throws FramecatError that carries one */
export async function runListen(args: Args, io: Io, worker?: AsWorker): Promise<number> {
  if (wantsFaultList(args)) {
    tellFaults(args, io);
    return EXIT_DONE;
  }
  const asked = args.text("mode");
  const mode = readMode(args, {
    relay: await readRelay(args, io, asked),
    exec: readExec(args, io, asked, worker?.places),
  });
  const faults = readFaults(args, io, mode.name);
  const workers = readWorkers(args, mode.name);
  if (workers > 1) {
    refuseSelfSigned(args);
    return runWorkers(workers, args, LISTEN_OPTIONS, io);
  }
  const decoder = await readDecoder(args);
  const recording = await openRecording(args, io);
  try {
    return await runServer(args, io, { mode, faults, worker, decoder, recording });
  } finally {
    await recording.end();
  }
}

interface Serving {
  readonly mode: ReturnType<typeof readMode>;
  readonly faults: FaultPlan | undefined;
  readonly worker: AsWorker | undefined;
  readonly decoder: Decoder | undefined;
  readonly recording: Recording;
}

async function runServer(
  args: Args,
  io: Io,
  { mode, faults, worker, decoder, recording }: Serving,
): Promise<number> {
  const output = createScreen(createSink(io.stdout));
  const log = args.flag("json") ? createSink(io.stderr) : output;
  const graceMs = readGraceMs(args);
  // Asked early, since it finds flags that contradict where we are.
  if (!worker) hasPrompt(args, io);
  const guarding = readGuards(args, io, mode.name, worker?.places);
  const secured = await readListenTls(args, io, guarding.serve.handshakeTimeoutMs);
  // What nobody looks at is garbage as soon as it has passed; a relay knows for itself when that is so.
  if (args.flag("quiet") && mode.name !== "relay") io.collectAtOnce?.();
  const show = shower(args, io, log, { isRelay: mode.name === "relay", decoder });
  const http = openHttp({
    args,
    clock: io.clock,
    random: io.random,
    mode: mode.name,
    mayRead: guarding.mayRead,
    listener: () => listener,
    exchange: worker?.exchange,
  });
  const listener: Listener = await Listener.start({
    serve: {
      respond: http.respond,
      place: readPlace(args),
      clock: io.clock,
      frames: !args.flag("quiet") || recording.isOn,
      deflate: args.text("deflate") === "off" ? undefined : {},
      chooseSubprotocol: chooser(args.list("subprotocol").map(parseSubprotocol)),
      deflateThreshold: parseSize(args.text("deflate-threshold") ?? "1KiB", "--deflate-threshold"),
      ...guarding.serve,
      tls: secured?.tls,
      idPrefix: worker?.idPrefix,
    },
    guards: guarding.guards,
    faults,
    mode: mode.make,
    random: io.random,
    collectGarbage: io.collectGarbage,
    onEvent: (event) => {
      show(event, (conn) => listener.find(conn));
      recording.take(event, (conn) => listener.find(conn));
    },
  });
  const { selfSigned } = secured ?? {};
  // Who reads the address may send a signal at once.
  const signals = watchSignals(io);
  const standing = { addresses: listener.addresses, what: mode.name, selfSigned };
  if (worker) worker.listening(standing);
  else tellAddress(standing, args, io, output);
  for (const doubt of secured?.doubts ?? []) listener.note(`--cert: ${doubt}`);
  if (faults) listener.note(`faults strike by --seed ${faults.seed}`);
  void recording.failed.then(({ message }) => listener.note(message));
  const operation = worker
    ? undefined
    : operate({ listener, modeName: mode.name, args, io, screen: output, signals });
  const code = await serveUntilStopped(listener, graceMs, signals, output, async () => {
    http.close();
    await operation?.end();
    await log.flushed();
  });
  const failure = await recording.end();
  if (failure) throw failure;
  return code;
}

function chooser(accepted: readonly string[]) {
  return (offered: readonly string[]): string | undefined =>
    offered.find((name) => accepted.length === 0 || accepted.includes(name));
}
