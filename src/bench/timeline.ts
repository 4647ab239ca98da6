import { summarizeLatency } from "./distribution.ts";
import type { FailureCount, FailureKind } from "./failures.ts";
import { encodeHistogram, toHistogram } from "./histogram.ts";
import type { SparseCounts } from "./recorder.ts";
import type { HistogramName, HistogramResult, Interval } from "./result.ts";
import type { Counts, Tick } from "./worker-protocol.ts";

/** What the timeline keeps of a piece of time. */
interface Row {
  startMs: number;
  endMs: number;
  /** Open sockets by worker, as each told last. */
  readonly open: Map<number, number>;
  opened: number;
  messagesOut: number;
  messagesIn: number;
  bytesOut: number;
  bytesIn: number;
  /** Time with work by worker. */
  readonly busyMs: Map<number, number>;
  readonly failures: Map<FailureKind, number>;
  latency: SparseCounts;
}

export type RecentRow = Pick<Row, "startMs" | "endMs" | "messagesIn" | "latency">;

const ROW_MS = 1000;
const SLACK_MS = 50;
/** With more rows than this neighbours are joined, so that a run of any length needs the same memory. */
const MAX_ROWS = 600;

/**
 * The run over time: what the workers tell twice a second, put together in rows of a second, or of
 * more where the run is long. Moments are those of the machine's monotonic clock until the result.
 */
export class Timeline {
  readonly #startMs: number;
  readonly #shown: HistogramName;
  #rows: Row[] = [];
  #rowMs = ROW_MS;
  #windowStart: number | undefined;
  #windowEnd: number | undefined;
  readonly #last = new Map<number, Tick>();

  /** @param shown the histogram that is shown over time */
  constructor(startMs: number, shown: HistogramName) {
    this.#startMs = startMs;
    this.#shown = shown;
    this.#rows.push(emptyRow(startMs, startMs + ROW_MS));
  }

  /** The measured window begins at that moment, and so does a row. */
  openWindow(atMs: number): void {
    this.#windowStart = atMs;
    this.#cut(atMs);
  }

  add(worker: number, tick: Tick): void {
    const before = this.#last.get(worker);
    this.#last.set(worker, tick);
    // It tells so until it has what was in flight; the last one to close the window ends it.
    if (tick.phase === "draining" && before?.phase !== "draining") {
      this.#windowEnd = Math.max(this.#windowEnd ?? tick.atMs, tick.atMs);
    }
    // What happened since the last tick belongs to the middle of that time.
    const since = before?.atMs ?? this.#startMs;
    const row = this.#rowAt((since + tick.atMs) / 2);
    if (!row) return;
    addTick(row, worker, tick, before);
    row.latency = addCounts(row.latency, tick.recorded[this.#shown] ?? []);
  }

  /** @param endMs when the run was over */
  intervals(endMs: number): Interval[] {
    const zero = this.#windowStart ?? endMs;
    // Also where nobody told anything any more.
    this.#rowAt(endMs);
    return this.#rows
      .filter((row) => row.startMs < endMs)
      .map((row) => this.#interval({ ...row, endMs: Math.min(row.endMs, endMs) }, zero));
  }

  /** The last so many rows that all workers have told of. */
  recent(count: number): readonly RecentRow[] {
    return this.#rows.slice(-count - 2, -2);
  }

  #interval(row: Row, zero: number): Interval {
    const latency = histogramOf(row.latency);
    return {
      startMs: row.startMs - zero,
      endMs: row.endMs - zero,
      counted: this.#isCounted(row),
      open: [...row.open.values()].reduce((sum, open) => sum + open, 0),
      opened: row.opened,
      messagesOut: row.messagesOut,
      messagesIn: row.messagesIn,
      bytesOut: row.bytesOut,
      bytesIn: row.bytesIn,
      failures: Object.fromEntries(row.failures),
      ...(latency && { latency }),
      busy: Math.min(1, Math.max(0, ...row.busyMs.values()) / (row.endMs - row.startMs)),
    };
  }

  /** A row begins with the window; none ends with it to the very millisecond. */
  #isCounted({ startMs, endMs }: Row): boolean {
    if (this.#windowStart === undefined || startMs < this.#windowStart) return false;
    const beyondMs = endMs - (this.#windowEnd ?? endMs);
    return beyondMs <= Math.min(SLACK_MS, (endMs - startMs) / 2);
  }

  /** The row of a moment; those between the last one and it are made. */
  #rowAt(atMs: number): Row | undefined {
    let last = this.#rows.at(-1);
    while (last && last.endMs <= atMs) {
      this.#push(last, last.endMs);
      if (this.#rows.length > MAX_ROWS) this.#join();
      last = this.#rows.at(-1);
    }
    return this.#rows.findLast(({ startMs }) => startMs <= atMs) ?? this.#rows[0];
  }

  #cut(atMs: number): void {
    const row = this.#rowAt(atMs);
    if (!row || row.startMs >= atMs) return;
    row.endMs = atMs;
    this.#push(row, atMs);
  }

  #push(before: Row, startMs: number): void {
    const row = emptyRow(startMs, startMs + this.#rowMs);
    for (const [worker, open] of before.open) row.open.set(worker, open);
    this.#rows.push(row);
  }

  /** Rows become twice as long, the last one too; none goes over the beginning of the window. */
  #join(): void {
    this.#rowMs *= 2;
    const joined: Row[] = [];
    for (const row of this.#rows) {
      const before = joined.at(-1);
      const fits =
        before !== undefined &&
        before.endMs - before.startMs + (row.endMs - row.startMs) <= this.#rowMs &&
        before.endMs !== this.#windowStart;
      if (fits) joinRows(before, row);
      else joined.push(row);
    }
    const last = joined.at(-1);
    if (last) last.endMs = last.startMs + this.#rowMs;
    this.#rows = joined;
  }
}

function emptyRow(startMs: number, endMs: number): Row {
  return {
    startMs,
    endMs,
    open: new Map(),
    opened: 0,
    messagesOut: 0,
    messagesIn: 0,
    bytesOut: 0,
    bytesIn: 0,
    busyMs: new Map(),
    failures: new Map(),
    latency: [],
  };
}

function addTick(row: Row, worker: number, tick: Tick, before: Tick | undefined): void {
  const { counts, traffic } = tick;
  const known = before?.traffic;
  row.open.set(worker, counts.sockets.open);
  row.opened += counts.sockets.opened - (before?.counts.sockets.opened ?? 0);
  row.messagesOut += traffic.messagesOut - (known?.messagesOut ?? 0);
  row.messagesIn += traffic.messagesIn - (known?.messagesIn ?? 0);
  row.bytesOut += traffic.bytesOut - (known?.bytesOut ?? 0);
  row.bytesIn += traffic.bytesIn - (known?.bytesIn ?? 0);
  const busy = busyMs(counts) - (before ? busyMs(before.counts) : 0);
  row.busyMs.set(worker, (row.busyMs.get(worker) ?? 0) + busy);
  addFailures(row, counts, 1);
  if (before) addFailures(row, before.counts, -1);
}

/** Of the window so far, the time in which a worker had work. */
function busyMs({ self }: Counts): number {
  return self.busy * self.windowMs;
}

function addFailures({ failures }: Row, { refusals, breaks }: Counts, sign: 1 | -1): void {
  for (const { kind, count } of [...refusals, ...breaks] satisfies FailureCount[]) {
    const sum = (failures.get(kind) ?? 0) + sign * count;
    if (sum === 0) failures.delete(kind);
    else failures.set(kind, sum);
  }
}

function joinRows(before: Row, row: Row): void {
  before.endMs = row.endMs;
  for (const [worker, open] of row.open) before.open.set(worker, open);
  before.opened += row.opened;
  before.messagesOut += row.messagesOut;
  before.messagesIn += row.messagesIn;
  before.bytesOut += row.bytesOut;
  before.bytesIn += row.bytesIn;
  for (const [worker, ms] of row.busyMs) {
    before.busyMs.set(worker, (before.busyMs.get(worker) ?? 0) + ms);
  }
  for (const [kind, count] of row.failures) {
    before.failures.set(kind, (before.failures.get(kind) ?? 0) + count);
  }
  before.latency = addCounts(before.latency, row.latency);
}

/** Both are in the order of their buckets, and so is the sum. */
export function addCounts(a: SparseCounts, b: SparseCounts): SparseCounts {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const sum: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i] ?? Number.POSITIVE_INFINITY;
    const right = b[j] ?? Number.POSITIVE_INFINITY;
    const count = (left <= right ? (a[i + 1] ?? 0) : 0) + (right <= left ? (b[j + 1] ?? 0) : 0);
    sum.push(Math.min(left, right), count);
    if (left <= right) i += 2;
    if (right <= left) j += 2;
  }
  return sum;
}

/** The histogram of counts, with its numbers; undefined where there are none. */
export function histogramOf(counts: SparseCounts): HistogramResult | undefined {
  // Hours have hundreds of rows, and a histogram is large before anything is in it.
  if (counts.length === 0) return undefined;
  const histogram = toHistogram(counts);
  const numbers = summarizeLatency(histogram);
  return numbers && { ...numbers, encoded: encodeHistogram(histogram) };
}
