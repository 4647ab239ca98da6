import { Recorder } from "./recorder.ts";
import type { BenchPlan } from "./plan.ts";
import { mergeCounts, type Phase } from "./worker-protocol.ts";
import type { WorkerWatch } from "./worker-watch.ts";

/** How a run stands, for who looks on. */
export interface BenchProgress {
  readonly phase: Phase;
  /** Since the phase of connecting began, or the load did. */
  readonly elapsedMs: number;
  /** Until the window closes, where that is known. */
  readonly remainingMs: number | undefined;
  /** How many messages were answered, of how many: where the run ends by their number. */
  readonly done: { readonly answered: number; readonly of: number } | undefined;
  readonly sockets: { readonly open: number; readonly attempted: number };
  readonly messagesPerSecond: number;
  /** Of the last second, in ms; undefined where nothing was measured. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly errors: number;
}

const ORDER: readonly Phase[] = ["connecting", "ready", "warm-up", "measuring", "draining", "done"];

/** Makes one picture of what the workers told last. */
export class ProgressMeter {
  readonly #plan: BenchPlan;
  readonly #watches: readonly Pick<WorkerWatch, "phase" | "counts" | "traffic" | "recent">[];
  readonly #now: () => number;
  #began: number;
  #lastAt: number;
  #lastIn = 0;

  constructor(
    plan: BenchPlan,
    watches: readonly Pick<WorkerWatch, "phase" | "counts" | "traffic" | "recent">[],
    now: () => number = () => performance.now(),
  ) {
    this.#plan = plan;
    this.#watches = watches;
    this.#now = now;
    this.#began = this.#lastAt = now();
  }

  /** The load begins now. */
  go(): void {
    this.#began = this.#lastAt = this.#now();
  }

  read(): BenchProgress {
    const { length, warmupMs } = this.#plan;
    const counts = mergeCounts(this.#watches.map((watch) => watch.counts));
    const phase = this.#phase();
    const elapsedMs = this.#now() - this.#began;
    const started = phase !== "connecting" && phase !== "ready";
    return {
      phase,
      elapsedMs,
      remainingMs:
        started && length.kind === "duration"
          ? Math.max(0, warmupMs + length.durationMs - elapsedMs)
          : undefined,
      done:
        length.kind === "messages"
          ? { answered: counts.messages.answered, of: length.count }
          : undefined,
      sockets: { open: counts.sockets.open, attempted: counts.sockets.attempted },
      messagesPerSecond: this.#rate(),
      ...this.#percentiles(),
      errors: counts.sockets.failed + counts.breaks.reduce((sum, { count }) => sum + count, 0),
    };
  }

  /** The worker that is furthest behind tells the phase. */
  #phase(): Phase {
    const reached = this.#watches.map(({ phase }) => ORDER.indexOf(phase));
    return ORDER[Math.min(...reached)] ?? "done";
  }

  #rate(): number {
    const now = this.#now();
    const messagesIn = this.#watches.reduce((sum, { traffic }) => sum + traffic.messagesIn, 0);
    const seconds = (now - this.#lastAt) / 1000;
    const rate = seconds > 0 ? (messagesIn - this.#lastIn) / seconds : 0;
    this.#lastAt = now;
    this.#lastIn = messagesIn;
    return rate;
  }

  #percentiles(): Pick<BenchProgress, "p50Ms" | "p99Ms"> {
    const recorder = new Recorder();
    for (const { recent } of this.#watches) for (const counts of recent) recorder.add(counts);
    if (recorder.total === 0) return { p50Ms: undefined, p99Ms: undefined };
    const histogram = recorder.toHistogram();
    return {
      p50Ms: histogram.getValueAtPercentile(50) / 1e6,
      p99Ms: histogram.getValueAtPercentile(99) / 1e6,
    };
  }
}
