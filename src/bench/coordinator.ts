import { hrtime } from "node:process";
import { whenAborted } from "../abort.ts";
import { startChild } from "./child-process.ts";
import { type BenchPlan, splitPlan, type WorkerPlan } from "./plan.ts";
import { ProgressMeter } from "./progress.ts";
import type { BenchProgress } from "./progress-state.ts";
import type { HistogramName, Interval, Measure } from "./result.ts";
import { Timeline } from "./timeline.ts";
import type { FromWorker, Tick, ToWorker } from "./worker-protocol.ts";
import { type WorkerProcess, type WorkerReport, WorkerWatch } from "./worker-watch.ts";

export interface BenchControl {
  /** Ends the run early; what was measured is reported. */
  readonly stop?: AbortSignal | undefined;
  /** Ends the workers at once. */
  readonly kill?: AbortSignal | undefined;
  /** Told twice a second. */
  readonly onProgress?: ((progress: BenchProgress) => void) | undefined;
  /** Told when the measured window opens, and when the last worker has closed it. */
  readonly onWindow?: ((event: "opened" | "closed") => void) | undefined;
  /** When to begin, in ms since 1970, where other machines begin then too. */
  readonly startAtMs?: number | undefined;
  /** Starts a worker; for tests. */
  readonly start?: (() => WorkerProcess) | undefined;
  /** A worker that tells nothing for so long is taken to hang. */
  readonly silenceMs?: number | undefined;
}

/** What the workers did, part by part and over time. */
export interface BenchRun {
  readonly reports: readonly WorkerReport[];
  readonly intervals: readonly Interval[];
  /** How long after the agreed time the load began, because sockets were still opening; 0 where not. */
  readonly lateMs: number;
}

const PROGRESS_MS = 500;
/** From telling the workers until they all begin: they are to do it together. */
const LEAD_MS = 50;
/**
 * What node allocates for a handshake, a write or a turn of the event loop dies young. With room for
 * much of it, it is seldom collected, which an open model needs most, whose event loop turns without
 * rest. Where sockets are only held, memory is what counts.
 */
function workerFlags({ load, measure }: BenchPlan): string[] {
  const megabytes = measure === "hold" ? 1 : load.model === "open" ? 16 : 4;
  return [
    `--min-semi-space-size=${megabytes}`,
    `--max-semi-space-size=${megabytes}`,
    // The collector's helpers would wake on the cores that the server and other workers are busy on.
    "--single-threaded-gc",
    "--expose-gc",
  ];
}

/** The histogram that a measure shows over time. */
export function shownHistogram(measure: Measure): HistogramName {
  return measure === "push" ? "gap" : "latency";
}

/**
 * Runs a plan: starts the workers, lets all of them connect, then begin, and collects what they
 * report. It resolves with as many reports as there are workers, whatever becomes of them.
 * @throws FramecatError (usage) where a worker cannot run the plan
 */
export async function runBench(
  plan: BenchPlan | WorkerPlan,
  control: BenchControl = {},
): Promise<BenchRun> {
  const { stop, kill, onProgress, silenceMs, start = () => startWorker(plan) } = control;
  const timeline = new Timeline(nowMs(), shownHistogram(plan.measure));
  const window = new WindowBell(control.onWindow);
  const watches: WorkerWatch[] = [];
  const meter = new ProgressMeter(plan, watches, timeline);
  const onTick = (worker: number, tick: Tick): void => {
    timeline.add(worker, tick);
    meter.add(worker, tick);
    if (watches.every(hasClosed)) window.close();
  };
  for (const [worker, part] of splitPlan(plan).entries()) {
    const options = { silenceMs, onTick: (tick: Tick) => onTick(worker, tick) };
    watches.push(new WorkerWatch(start(), part, options));
  }
  const finished = Promise.all(watches.map((watch) => watch.finished));
  finished.catch(() => watches.forEach((watch) => watch.kill()));
  const ticker = onProgress && setInterval(() => onProgress(meter.read()), PROGRESS_MS);
  const unbind = [
    whenAborted(stop, () => watches.forEach((watch) => watch.stop())),
    whenAborted(kill, () => watches.forEach((watch) => watch.kill())),
  ];
  try {
    await Promise.all(watches.map(({ connected }) => connected));
    const lead = leadMs(plan, control);
    const lateMs = Math.max(0, Date.now() - (control.startAtMs ?? Number.POSITIVE_INFINITY));
    const atMs = nowMs() + lead;
    timeline.openWindow(atMs + plan.warmupMs);
    meter.go(lead);
    for (const watch of watches) watch.go(atMs);
    window.open(lead + plan.warmupMs);
    const reports = await finished;
    return { reports, intervals: timeline.intervals(nowMs()), lateMs };
  } finally {
    clearInterval(ticker);
    window.close();
    await Promise.all(watches.map((watch) => watch.gone()));
    for (const off of unbind) off();
  }
}

function hasClosed({ phase }: WorkerWatch): boolean {
  return phase === "draining" || phase === "done";
}

/** Tells once that the window opened, and once that it closed. */
class WindowBell {
  readonly #told: BenchControl["onWindow"];
  #timer: NodeJS.Timeout | undefined;
  #isOpen = false;

  constructor(told: BenchControl["onWindow"]) {
    this.#told = told;
  }

  open(inMs: number): void {
    this.#timer = setTimeout(() => {
      this.#isOpen = true;
      this.#told?.("opened");
    }, inMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#isOpen) this.#told?.("closed");
    this.#isOpen = false;
  }
}

/** All parts of a run on one machine begin at the same moment; those on others at an agreed time. */
function leadMs({ workers }: BenchPlan, { startAtMs }: BenchControl): number {
  const together = workers > 1 ? LEAD_MS : 0;
  return Math.max(together, (startAtMs ?? 0) - Date.now());
}

/** The machine's monotonic clock, which the workers share. */
function nowMs(): number {
  return Number(hrtime.bigint()) / 1e6;
}

function startWorker(plan: BenchPlan): WorkerProcess {
  return startChild<ToWorker, FromWorker>("worker.js", workerFlags(plan));
}
