import { addCounters } from "../server/http/counters-kept.ts";
import type { MetricsSnapshot } from "../server/http/metrics.ts";
import { type Deferred, deferred } from "../transport/deferred.ts";

/**
 * Figures of all workers, for whichever is asked for them: that one asks the primary process, which
 * asks all of them, and hands on what they told within a time.
 */
export type FromMetricsWorker =
  | { readonly type: "metrics-wanted"; readonly id: number }
  | { readonly type: "metrics-told"; readonly id: number; readonly snapshot: MetricsSnapshot };

export type ToMetricsWorker =
  | { readonly type: "metrics-asked"; readonly id: number }
  | {
      readonly type: "metrics-gathered";
      readonly id: number;
      readonly snapshots: readonly MetricsSnapshot[];
    };

/** What a process that serves beside others can do about its figures. */
export interface MetricsExchange {
  /** Sets what the figures of this process are. */
  offer(snapshot: () => Promise<MetricsSnapshot>): void;
  /** The figures of all, of this one too. */
  gather(): Promise<readonly MetricsSnapshot[]>;
}

/** The part of a worker. */
export class WorkerMetrics implements MetricsExchange {
  readonly #tell: (message: FromMetricsWorker) => void;
  readonly #waiting = new Map<number, Deferred<readonly MetricsSnapshot[]>>();
  #snapshot: () => Promise<MetricsSnapshot> = () => Promise.resolve([]);
  #count = 0;

  constructor(tell: (message: FromMetricsWorker) => void) {
    this.#tell = tell;
  }

  offer(snapshot: () => Promise<MetricsSnapshot>): void {
    this.#snapshot = snapshot;
  }

  gather(): Promise<readonly MetricsSnapshot[]> {
    const id = (this.#count += 1);
    const waiting = deferred<readonly MetricsSnapshot[]>();
    this.#waiting.set(id, waiting);
    this.#tell({ type: "metrics-wanted", id });
    return waiting.promise;
  }

  hear(message: ToMetricsWorker): void {
    const { id } = message;
    if (message.type === "metrics-asked") {
      void this.#answer(id);
    } else {
      this.#waiting.get(id)?.resolve(message.snapshots);
      this.#waiting.delete(id);
    }
  }

  async #answer(id: number): Promise<void> {
    this.#tell({ type: "metrics-told", id, snapshot: await this.#snapshot() });
  }
}

/** How long workers may take to tell. */
const TOLD_WITHIN_MS = 2000;

interface Gathering<Worker> {
  /** Who has not told yet. */
  readonly missing: Set<Worker>;
  readonly told: Map<Worker, MetricsSnapshot>;
  readonly finish: () => void;
}

/**
 * The part of the process that started the workers. What one had counted when it was last asked stays
 * in the sums when it has died, or does not tell in time: so they never fall.
 */
export class PrimaryMetrics<Worker> {
  readonly #send: (worker: Worker, message: ToMetricsWorker) => void;
  readonly #gatherings = new Map<number, Gathering<Worker>>();
  readonly #last = new Map<Worker, MetricsSnapshot>();
  /** Counters of those that have gone. */
  #kept: MetricsSnapshot = [];
  #count = 0;

  constructor(send: (worker: Worker, message: ToMetricsWorker) => void) {
    this.#send = send;
  }

  /** @param all the workers that there are */
  hear(from: Worker, message: FromMetricsWorker, all: Iterable<Worker>): void {
    if (message.type === "metrics-wanted") return this.#gather(from, message.id, all);
    const gathering = this.#gatherings.get(message.id);
    if (!gathering?.missing.has(from)) return;
    gathering.told.set(from, message.snapshot);
    this.#last.set(from, message.snapshot);
    settled(gathering, from);
  }

  /** One that has gone tells no more. */
  left(worker: Worker): void {
    this.#kept = addCounters(this.#kept, this.#last.get(worker) ?? []);
    this.#last.delete(worker);
    for (const gathering of this.#gatherings.values()) {
      gathering.told.delete(worker);
      settled(gathering, worker);
    }
  }

  #gather(asker: Worker, askerId: number, all: Iterable<Worker>): void {
    const id = (this.#count += 1);
    const told = new Map<Worker, MetricsSnapshot>();
    const finish = (): void => {
      clearTimeout(timer);
      if (!this.#gatherings.delete(id)) return;
      const late = Array.from(missing, (worker) => addCounters([], this.#last.get(worker) ?? []));
      const known = [...told.values(), ...late, this.#kept];
      const snapshots = known.filter(({ length }) => length > 0);
      this.#send(asker, { type: "metrics-gathered", id: askerId, snapshots });
    };
    const timer = setTimeout(finish, TOLD_WITHIN_MS);
    const missing = new Set(all);
    this.#gatherings.set(id, { missing, told, finish });
    for (const worker of missing) this.#send(worker, { type: "metrics-asked", id });
  }
}

function settled<Worker>({ missing, finish }: Gathering<Worker>, worker: Worker): void {
  if (missing.delete(worker) && missing.size === 0) finish();
}
