import { whenAborted } from "../abort.ts";
import { startChild } from "./child-process.ts";
import { type BenchPlan, splitPlan } from "./plan.ts";
import { type BenchProgress, ProgressMeter } from "./progress.ts";
import type { FromWorker, ToWorker } from "./worker-protocol.ts";
import { type WorkerProcess, type WorkerReport, WorkerWatch } from "./worker-watch.ts";

export interface BenchControl {
  /** Ends the run early; what was measured is reported. */
  readonly stop?: AbortSignal | undefined;
  /** Ends the workers at once. */
  readonly kill?: AbortSignal | undefined;
  /** Told twice a second. */
  readonly onProgress?: ((progress: BenchProgress) => void) | undefined;
  /** Starts a worker; for tests. */
  readonly start?: (() => WorkerProcess) | undefined;
  /** A worker that tells nothing for so long is taken to hang. */
  readonly silenceMs?: number | undefined;
}

const PROGRESS_MS = 500;
/**
 * What node allocates for each write dies young: a small young generation is collected often, in a
 * tenth of a millisecond, whereas a large one would hold several KiB a socket of what the handshakes
 * left behind. That is collected once before the load begins.
 */
const WORKER_FLAGS = ["--max-semi-space-size=1", "--expose-gc"];

/**
 * Runs a plan: starts the workers, lets all of them connect, then begin, and collects what they
 * report. It always resolves, with as many reports as there are workers.
 */
export async function runBench(
  plan: BenchPlan,
  control: BenchControl = {},
): Promise<WorkerReport[]> {
  const { stop, kill, onProgress, silenceMs, start = startWorker } = control;
  const watches = splitPlan(plan).map(
    (part) => new WorkerWatch(start(), part, silenceMs === undefined ? {} : { silenceMs }),
  );
  const meter = new ProgressMeter(plan, watches);
  const ticker = onProgress && setInterval(() => onProgress(meter.read()), PROGRESS_MS);
  const unbind = [
    whenAborted(stop, () => watches.forEach((watch) => watch.stop())),
    whenAborted(kill, () => watches.forEach((watch) => watch.kill())),
  ];
  await Promise.all(watches.map(({ connected }) => connected));
  meter.go();
  for (const watch of watches) watch.go();
  const reports = await Promise.all(watches.map(({ finished }) => finished));
  clearInterval(ticker);
  await Promise.all(watches.map((watch) => watch.gone()));
  for (const off of unbind) off();
  return reports;
}

function startWorker(): WorkerProcess {
  return startChild<ToWorker, FromWorker>("worker.js", WORKER_FLAGS);
}
