import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { EXIT_DONE, FramecatError, messageOf } from "../errors.ts";
import type { Clock } from "../clock.ts";
import type { Io, Signal } from "../io.ts";
import { whenAborted } from "../abort.ts";
import { EventLineReader } from "../transport/read-event-lines.ts";
import type { Args, OptionSpec } from "./command.ts";
import { themeFor } from "./frame-flags.ts";
import { type Show, shower, type Standing, tellAddress } from "./listen-output.ts";
import { hasPrompt } from "./listen-prompt-options.ts";
import { type FromMetricsWorker, PrimaryMetrics } from "./listen-worker-metrics.ts";
import { type FromPlacesWorker, PrimaryPlaces } from "./listen-worker-places.ts";
import {
  type FromListenWorker,
  packArgs,
  type ToListenWorker,
  type WorkerArgs,
} from "./listen-worker-protocol.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

/** A worker that has died is replaced after so long, lest one that cannot live is started endlessly. */
const REPLACE_AFTER_MS = 1000;
/** Who is told a second time to end has so long. */
const KILL_AFTER_MS = 1000;

/**
 * Serves with so many processes at one port. They tell what happens to this one, which shows it.
 * @returns the exit code
 * @throws FramecatError where they cannot serve
 */
export async function runWorkers(
  count: number,
  args: Args,
  options: readonly OptionSpec[],
  io: Io,
): Promise<number> {
  const output = createSink(io.stdout);
  const log = args.flag("json") ? createSink(io.stderr) : output;
  const crew = new Crew(packed(args, options), shower(args, io, log), log, io.clock);
  const signals = watchSignals(io);
  try {
    const standing = await crew.start(count);
    tellAddress(standing, args, io, output);
    if (hasPrompt(args, io)) output.write(noPrompt(args, io));
    await crew.untilStopped(signals, output);
    const isWritten = await signals.hurry(log.flushed());
    return signals.received && (crew.inBadOrder || !isWritten)
      ? exitCodeOf(signals.received)
      : EXIT_DONE;
  } finally {
    signals.off();
    crew.kill();
  }
}

/** Who types at a terminal would expect one. */
function noPrompt(args: Args, io: Io): string {
  return `${themeFor(args, io, io.stdout).dim("  no prompt: that is for one process")}\n`;
}

/** What the workers print is read again and shown by this process, which knows how. */
function packed(args: Args, options: readonly OptionSpec[]): WorkerArgs {
  return packArgs(args, options, {
    workers: "1",
    format: "ndjson",
    "show-secrets": true,
    json: false,
  });
}

/** Those that come later serve at the same port, also where 0 asked for any and all others have died. */
function placedAt(args: WorkerArgs, { addresses }: Standing): WorkerArgs {
  const port = addresses[0]?.port ?? 0;
  return port === 0 ? args : { ...args, positionals: [String(port)] };
}

class Crew {
  #args: WorkerArgs;
  readonly #show: Show;
  readonly #log: Sink;
  readonly #clock: Clock;
  readonly #workers = new Set<Worker>();
  readonly #metrics = new PrimaryMetrics<Worker>(send);
  readonly #places = new PrimaryPlaces<Worker>(send);
  /** What ends them, once something does. */
  #signal: Signal | undefined;
  inBadOrder = false;

  constructor(args: WorkerArgs, show: Show, log: Sink, clock: Clock) {
    this.#clock = clock;
    this.#args = args;
    this.#show = show;
    this.#log = log;
    cluster.setupPrimary({
      // From src/ (in tests) as from dist/ this is the same place.
      exec: fileURLToPath(new URL("../../dist/commands/listen-worker.js", import.meta.url)),
      args: [],
      execArgv: [],
      silent: true,
      serialization: "advanced",
    });
  }

  /** @throws FramecatError the first that a worker met */
  async start(count: number): Promise<Standing> {
    const standings = await Promise.all(Array.from({ length: count }, () => this.#fork()));
    const [first] = standings;
    if (!first) throw new Error("there is no worker");
    this.#args = placedAt(this.#args, first);
    return { ...first, what: `${first.what} · ${count} workers` };
  }

  async untilStopped(signals: SignalWatch, output: Sink): Promise<void> {
    const stopped = new Promise<void>((resolve) => whenAborted(signals.stop, resolve));
    await Promise.race([stopped, output.broken]);
    const signal = (this.#signal = signals.received ?? "SIGTERM");
    this.#tell({ type: "signal", signal });
    whenAborted(signals.kill, () => this.#insist(signal));
    await Promise.all([...this.#workers].map((worker) => once(worker, "exit")));
  }

  kill(): void {
    this.#signal ??= "SIGTERM";
    for (const worker of this.#workers) worker.process.kill("SIGKILL");
  }

  /** One that hangs does nothing that it is told. */
  #insist(signal: Signal): void {
    this.#tell({ type: "signal", signal });
    setTimeout(() => this.kill(), KILL_AFTER_MS).unref();
  }

  #tell(message: ToListenWorker): void {
    for (const worker of this.#workers) send(worker, message);
  }

  #fork(): Promise<Standing> {
    const worker = cluster.fork();
    this.#workers.add(worker);
    const { stdout, stderr } = worker.process;
    if (stdout) void this.#follow(stdout);
    stderr?.on("data", (text: Buffer) => this.#log.write(text));
    worker.on("error", () => undefined);
    worker.on("exit", (code, signal) => this.#ended(worker, code, signal));
    return new Promise((resolve, reject) => {
      worker.on("message", (message: FromListenWorker) => {
        if (message.type === "ready") this.#begin(worker);
        else if (message.type === "listening") resolve(this.#standsNow(worker, message.standing));
        else if (message.type === "failed")
          reject(new FramecatError(message.code, message.message, message.hint));
        else this.#hear(worker, message);
      });
      worker.once("exit", (code, signal: string | null) => {
        reject(new Error(`a worker ended before it listened (${signal ?? `exit ${code}`})`));
      });
    });
  }

  #begin(worker: Worker): void {
    if (this.#signal) worker.disconnect();
    else send(worker, { type: "serve", args: this.#args });
  }

  /** A signal that came before is lost on it. */
  #standsNow(worker: Worker, standing: Standing): Standing {
    if (this.#signal) send(worker, { type: "signal", signal: this.#signal });
    return standing;
  }

  #hear(worker: Worker, message: FromMetricsWorker | FromPlacesWorker): void {
    // What one has said is sometimes heard only when it has died.
    if (!this.#workers.has(worker)) return;
    if (message.type === "places-wanted" || message.type === "places-given-back")
      this.#places.hear(worker, message);
    else this.#metrics.hear(worker, message, this.#workers);
  }

  /** Shows what a worker tells, no faster than that is read. */
  async #follow(stdout: Readable): Promise<void> {
    for await (const { event } of new EventLineReader("a worker").read(stdout)) {
      this.#show(event, () => undefined);
      await this.#log.drained();
    }
  }

  #ended(worker: Worker, code: number | null, signal: string | null): void {
    this.#workers.delete(worker);
    this.#metrics.left(worker);
    this.#places.left(worker);
    if (this.#signal) {
      if (code !== 0) this.inBadOrder = true;
      return;
    }
    this.#note(`worker ${worker.id} died (${signal ?? `exit ${code}`}); another takes its place`);
    // Where all have died, nothing else keeps this process.
    setTimeout(() => this.#replace(), REPLACE_AFTER_MS);
  }

  #replace(): void {
    if (this.#signal) return;
    this.#fork().catch((thrown: unknown) => this.#note(messageOf(thrown)));
  }

  #note(message: string): void {
    this.#show({ type: "note", conn: "0", at: this.#clock.now(), message }, () => undefined);
  }
}

/** What is sent to a worker that has just died is lost with it. */
function send(worker: Worker, message: ToListenWorker): void {
  worker.send(message, () => undefined);
}
