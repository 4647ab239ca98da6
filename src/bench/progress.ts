import type { Traffic } from "./load.ts";
import type { BenchPlan } from "./plan.ts";
import type { BenchProgress, ProgressSecond } from "./progress-state.ts";
import { type SparseCounts, valueOf } from "./recorder.ts";
import { addCounts, type Timeline } from "./timeline.ts";
import {
  addUp,
  type Counts,
  mergeCounts,
  NO_TRAFFIC,
  type Phase,
  type Tick,
} from "./worker-protocol.ts";
import type { WorkerWatch } from "./worker-watch.ts";

const ORDER: readonly Phase[] = ["connecting", "ready", "warm-up", "measuring", "draining", "done"];
const HISTORY_SECONDS = 60;

type Watched = Pick<WorkerWatch, "phase" | "counts">;

/** Makes one picture of what the workers told last. */
export class ProgressMeter {
  readonly #plan: BenchPlan;
  readonly #watches: readonly Watched[];
  readonly #timeline: Pick<Timeline, "recent">;
  readonly #now: () => number;
  /** The last three ticks of each worker, with about a second between the first and the last. */
  readonly #recent = new Map<number, readonly Tick[]>();
  #began: number;
  #history: ProgressSecond[] = [];
  #toldUntil = Number.NEGATIVE_INFINITY;

  constructor(
    plan: BenchPlan,
    watches: readonly Watched[],
    timeline: Pick<Timeline, "recent">,
    now: () => number = () => performance.now(),
  ) {
    this.#plan = plan;
    this.#watches = watches;
    this.#timeline = timeline;
    this.#now = now;
    this.#began = now();
  }

  add(worker: number, tick: Tick): void {
    this.#recent.set(worker, [...(this.#recent.get(worker) ?? []), tick].slice(-3));
  }

  /** The load begins in so many ms. */
  go(inMs: number): void {
    this.#began = this.#now() + inMs;
  }

  read(): BenchProgress {
    const counts = mergeCounts(this.#watches.map((watch) => watch.counts));
    const phase = this.#phase();
    const sinceBegan = Math.max(0, this.#now() - this.#began);
    const { sockets } = counts;
    const rates = this.#rates();
    this.#remember();
    return {
      phase,
      elapsedMs: Math.max(0, sinceBegan - (isMeasured(phase) ? this.#plan.warmupMs : 0)),
      remainingMs: this.#remaining(phase, sinceBegan),
      done: this.#done(counts),
      sockets: {
        connecting: sockets.attempted - sockets.opened - sockets.failed,
        open: sockets.open,
        attempted: sockets.attempted,
        failed: sockets.failed,
        closed: sockets.closed + sockets.broken,
      },
      messagesOutPerSecond: rates.messagesOut,
      messagesInPerSecond: rates.messagesIn,
      bytesOutPerSecond: rates.bytesOut,
      bytesInPerSecond: rates.bytesIn,
      plannedPerSecond: this.#planned(sockets.open),
      slipMs: this.#slip(),
      ...this.#percentiles(),
      errors: errorsIn(counts),
      history: this.#history,
    };
  }

  #remaining(phase: Phase, sinceBegan: number): number | undefined {
    const { length, warmupMs } = this.#plan;
    const started = phase !== "connecting" && phase !== "ready";
    if (!started || length.kind !== "duration") return undefined;
    return Math.max(0, warmupMs + length.durationMs - sinceBegan);
  }

  #done({ messages }: Counts): BenchProgress["done"] {
    const { length } = this.#plan;
    if (length.kind !== "messages") return undefined;
    return { answered: messages.answered, of: length.count };
  }

  #planned(open: number): number | undefined {
    const { load } = this.#plan;
    if (load.model === "closed") return undefined;
    return load.ratePerSecond * (load.per === "socket" ? open : 1);
  }

  /** The worker that is furthest behind tells the phase. */
  #phase(): Phase {
    const reached = this.#watches.map(({ phase }) => ORDER.indexOf(phase));
    return ORDER[Math.min(...reached)] ?? "done";
  }

  #rates(): Traffic {
    return addUp(
      [...this.#recent.values()].map((ticks) => ratesOf(ticks)),
      NO_TRAFFIC,
    );
  }

  #percentiles(): Pick<BenchProgress, "p50Ms" | "p99Ms"> {
    const name = this.#plan.measure === "push" ? "gap" : "latency";
    const none: SparseCounts = [];
    return percentilesOf(
      this.#lastSecond().reduce(
        (sum, { recorded }) => addCounts(sum, recorded[name] ?? none),
        none,
      ),
    );
  }

  #lastSecond(): Tick[] {
    return [...this.#recent.values()].flatMap((ticks) => ticks.slice(-2));
  }

  #slip(): number | undefined {
    const highest = this.#lastSecond().flatMap(({ recorded }) => recorded.slip?.at(-2) ?? []);
    return highest.length === 0 ? undefined : valueOf(Math.max(...highest)) / 1e6;
  }

  /** Rows of the timeline that are full are the history; each is looked at once. */
  #remember(): void {
    for (const row of this.#timeline.recent(HISTORY_SECONDS)) {
      if (row.startMs < this.#toldUntil) continue;
      this.#toldUntil = row.endMs;
      this.#history.push({
        messagesInPerSecond: (row.messagesIn * 1000) / (row.endMs - row.startMs),
        p99Ms: percentilesOf(row.latency).p99Ms,
      });
    }
    this.#history = this.#history.slice(-HISTORY_SECONDS);
  }
}

/** From the beginning of the measured window on. */
function isMeasured(phase: Phase): boolean {
  return ORDER.indexOf(phase) >= ORDER.indexOf("measuring");
}

function ratesOf(ticks: readonly Tick[]): Traffic {
  const [first, last] = [ticks.at(0), ticks.at(-1)];
  const seconds = first && last ? (last.atMs - first.atMs) / 1000 : 0;
  if (!first || !last || seconds <= 0) return NO_TRAFFIC;
  const rate = (field: keyof Traffic): number =>
    (last.traffic[field] - first.traffic[field]) / seconds;
  return {
    messagesOut: rate("messagesOut"),
    messagesIn: rate("messagesIn"),
    bytesOut: rate("bytesOut"),
    bytesIn: rate("bytesIn"),
  };
}

/** Without a histogram: one is large, and this is asked for all the time. */
function percentilesOf(counts: SparseCounts): { p50Ms?: number; p99Ms?: number } {
  if (counts.length === 0) return {};
  return { p50Ms: percentileMs(counts, 0.5), p99Ms: percentileMs(counts, 0.99) };
}

/** The greatest value of the bucket in which the percentile lies, as HdrHistogram tells it. */
function percentileMs(counts: SparseCounts, share: number): number {
  let total = 0;
  for (let i = 1; i < counts.length; i += 2) total += counts[i] ?? 0;
  let left = Math.max(1, Math.ceil(share * total));
  let bucket = 0;
  for (let i = 0; left > 0 && i + 1 < counts.length; i += 2) {
    bucket = counts[i] ?? 0;
    left -= counts[i + 1] ?? 0;
  }
  return (valueOf(bucket + 1) - 1) / 1e6;
}

function errorsIn({ sockets, messages }: Counts): number {
  return sockets.failed + sockets.broken + messages.wrong + messages.lost;
}
