import { EXIT_DONE } from "../errors.ts";
import type { Io } from "../io.ts";
import { Listener } from "../server/listener.ts";
import type { Places } from "../server/places.ts";
import type { Args } from "./command.ts";
import { tellFaults, wantsFaultList } from "./listen-faults.ts";
import { type Http, openHttp } from "./listen-http.ts";
import { readModeArgument } from "./listen-mode-argument.ts";
import { LISTEN_OPTIONS } from "./listen-options.ts";
import { shower, type Standing, tellAddress } from "./listen-output.ts";
import { operate } from "./listen-prompt.ts";
import { hasPrompt } from "./listen-prompt-options.ts";
import { openRecording, type Recording } from "./listen-record.ts";
import {
  type ListenSettings,
  readListenSettings,
  readService,
  type Service,
} from "./listen-settings.ts";
import { serveUntilStopped } from "./listen-stop.ts";
import { refuseSelfSigned } from "./listen-tls.ts";
import { readWorkers } from "./listen-worker-flags.ts";
import type { MetricsExchange } from "./listen-worker-metrics.ts";
import { runWorkers } from "./listen-workers.ts";
import { createScreen, type Screen } from "./screen.ts";
import { watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

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
export async function runListen(given: Args, io: Io, worker?: AsWorker): Promise<number> {
  const args = readModeArgument(given);
  if (wantsFaultList(args)) {
    tellFaults(args, io);
    return EXIT_DONE;
  }
  const service = await readService(args, io, worker?.places);
  const workers = readWorkers(args, service.mode);
  if (workers > 1) {
    refuseSelfSigned(args);
    return runWorkers(workers, args, LISTEN_OPTIONS, io);
  }
  // Asked early, since it finds flags that contradict where we are.
  if (!worker) hasPrompt(args, io);
  const settings = await readListenSettings(args, io, service, worker?.places);
  if (!service.frames) io.collectAtOnce?.();
  const recording = await openRecording(args, io);
  try {
    return await runServer({ args, io, worker, service, settings, recording });
  } finally {
    await recording.end();
  }
}

interface Run {
  readonly args: Args;
  readonly io: Io;
  readonly worker: AsWorker | undefined;
  readonly service: Service;
  readonly settings: ListenSettings;
  readonly recording: Recording;
}

async function runServer(run: Run): Promise<number> {
  const { args, io, worker, service, settings, recording } = run;
  const screen = createScreen(createSink(io.stdout));
  const log = args.flag("json") ? createSink(io.stderr) : screen;
  const { listener, http } = await startListener(run, log);
  // Who reads the address may send a signal at once.
  const signals = watchSignals(io);
  tellBeginning(run, listener, screen);
  void recording.failed.then(({ message }) => listener.note(message));
  const operation = worker
    ? undefined
    : operate({ listener, modeName: service.mode, args, io, screen, signals });
  const code = await serveUntilStopped({
    server: listener,
    graceMs: settings.graceMs,
    signals,
    outputs: [screen, log],
    hurry: () => recording.hurry(),
    finish: async () => {
      http.close();
      await operation?.end();
      await log.flushed();
    },
  });
  const failure = await recording.end();
  // Who was cut off, or sleeps, is told by its own code.
  if (failure && code === EXIT_DONE) throw failure;
  return code;
}

async function startListener(
  { args, io, worker, service, settings, recording }: Run,
  log: Sink,
): Promise<{ readonly listener: Listener; readonly http: Http }> {
  const { guarding, decoder, serve } = settings;
  const show = shower(args, io, log, { isRelay: service.mode === "relay", decoder });
  const http = openHttp({
    args,
    clock: io.clock,
    random: io.random,
    mode: service.mode,
    mayRead: guarding.mayRead,
    listener: () => listener,
    exchange: worker?.exchange,
  });
  const listener: Listener = await Listener.start({
    serve: { ...serve, respond: http.respond, clock: io.clock, idPrefix: worker?.idPrefix },
    guards: guarding.guards,
    faults: service.faults,
    mode: service.make,
    random: io.random,
    collectGarbage: io.collectGarbage,
    onEvent: (event) => {
      show(event, (conn) => listener.find(conn));
      recording.take(event, (conn) => listener.find(conn));
    },
  });
  return { listener, http };
}

/** Where it listens, and what is to be known of that. */
function tellBeginning(run: Run, listener: Listener, screen: Screen): void {
  const { args, io, worker, service, settings } = run;
  const { selfSigned, doubts = [] } = settings.secured ?? {};
  const standing = { addresses: listener.addresses, what: service.mode, selfSigned };
  if (worker) worker.listening(standing);
  else tellAddress(standing, args, io, screen);
  for (const doubt of doubts) listener.note(`--cert: ${doubt}`);
  if (service.faults) listener.note(`faults strike by --seed ${service.faults.seed}`);
}
