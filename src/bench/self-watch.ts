import { readFileSync } from "node:fs";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { cpuUsage, memoryUsage } from "node:process";

/** How a process of the load generator itself fared over the measured window. */
export interface SelfCounts {
  readonly windowMs: number;
  /** User and system, of all its threads. */
  readonly cpuMs: number;
  /** How long the process could have run and got no core; 0 where the system does not tell. */
  readonly waitedMs: number;
  /** How long it went round its event loop without work, so as not to miss the next send. */
  readonly spareMs: number;
  /** Share (0–1) in which the process had work, whether it got a core for it or not. */
  readonly busy: number;
  /** Share (0–1) in which its event loop was neither idle nor spare. */
  readonly loopUtilization: number;
  /** How late the event loop came to a timer that is due every 20 ms. */
  readonly loopDelayMs: { readonly p99: number; readonly max: number };
  readonly gc: { readonly count: number; readonly totalMs: number; readonly maxMs: number };
  readonly rssBytes: number;
}

/**
 * How often the event loop's delay is looked at. Each look wakes the process: an idle one pays 0.4 %
 * of a core for 20 ms, 0.8 % for 10 ms and 3 % for 1 ms.
 */
const DELAY_RESOLUTION_MS = 20;

/** What the process has waited for a core, as Linux counts it for its main thread. */
export function coreWaitMs(file = "/proc/self/schedstat"): number {
  try {
    return Number(readFileSync(file, "utf8").split(" ")[1] ?? 0) / 1e6;
  } catch {
    return 0;
  }
}

/** Watches the process that it is in, from its construction until `close`. */
export class SelfWatch {
  readonly #openedAt = performance.now();
  readonly #cpu = cpuUsage();
  readonly #waitedMs = coreWaitMs();
  readonly #loop = performance.eventLoopUtilization();
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  readonly #pauses = new PauseWatch();
  #spareMs = 0;
  #closed: SelfCounts | undefined;

  constructor() {
    this.#delay.enable();
  }

  /** Tells of time in which the process was running and had nothing to do. */
  spared(ms: number): void {
    this.#spareMs += ms;
  }

  /** What was seen so far, or was until `close`. */
  get counts(): SelfCounts {
    return this.#closed ?? this.#count();
  }

  close(): void {
    this.#closed ??= this.#count();
    this.#delay.disable();
    this.#pauses.close();
  }

  #count(): SelfCounts {
    const spareMs = this.#spareMs;
    const { user, system } = cpuUsage(this.#cpu);
    const windowMs = performance.now() - this.#openedAt;
    const cpuMs = (user + system) / 1000;
    const waitedMs = coreWaitMs() - this.#waitedMs;
    const { active } = performance.eventLoopUtilization(this.#loop);
    const loopUtilization = share(active - spareMs, windowMs);
    // To the event loop the time that the kernel takes to tell what is ready, and to give a core to
    // who was waiting for that, is idle.
    const busy = Math.max(loopUtilization, share(cpuMs + waitedMs - spareMs, windowMs));
    return {
      windowMs,
      cpuMs,
      waitedMs,
      spareMs,
      busy,
      loopUtilization,
      loopDelayMs: {
        p99: latenessMs(this.#delay.percentile(99)),
        max: latenessMs(this.#delay.max),
      },
      gc: this.#pauses.counts,
      rssBytes: memoryUsage.rss(),
    };
  }
}

/** One window out of those of all workers, which ran beside each other. */
export function mergeSelfCounts(parts: readonly SelfCounts[]): SelfCounts {
  const sum = (of: (part: SelfCounts) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const max = (of: (part: SelfCounts) => number): number => Math.max(0, ...parts.map(of));
  return {
    windowMs: max((part) => part.windowMs),
    cpuMs: sum((part) => part.cpuMs),
    waitedMs: sum((part) => part.waitedMs),
    spareMs: sum((part) => part.spareMs),
    busy: max((part) => part.busy),
    loopUtilization: max((part) => part.loopUtilization),
    loopDelayMs: {
      p99: max((part) => part.loopDelayMs.p99),
      max: max((part) => part.loopDelayMs.max),
    },
    gc: {
      count: sum((part) => part.gc.count),
      totalMs: sum((part) => part.gc.totalMs),
      maxMs: max((part) => part.gc.maxMs),
    },
    rssBytes: sum((part) => part.rssBytes),
  };
}

/** Counts how often and how long the collection of garbage held the process up. */
class PauseWatch {
  #count = 0;
  #totalMs = 0;
  #maxMs = 0;
  readonly #observer = new PerformanceObserver((list) => this.#add(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  get counts(): SelfCounts["gc"] {
    this.#add(this.#observer.takeRecords());
    return { count: this.#count, totalMs: this.#totalMs, maxMs: this.#maxMs };
  }

  close(): void {
    this.#observer.disconnect();
  }

  #add(pauses: readonly { readonly duration: number }[]): void {
    for (const { duration } of pauses) {
      this.#count += 1;
      this.#totalMs += duration;
      this.#maxMs = Math.max(this.#maxMs, duration);
    }
  }
}

/** The monitor gives the whole time from one look to the next, and 0 before the second look. */
function latenessMs(ns: number): number {
  return Math.max(0, ns / 1e6 - DELAY_RESOLUTION_MS);
}

function share(partMs: number, wholeMs: number): number {
  return wholeMs > 0 ? Math.min(1, Math.max(0, partMs / wholeMs)) : 0;
}
