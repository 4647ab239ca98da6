import { readFileSync } from "node:fs";
import { cpuUsage } from "node:process";
import type { Traffic } from "./load.ts";

/** What passed between two moments, and what it cost this process. */
export interface WindowCounts {
  readonly traffic: Traffic;
  readonly windowMs: number;
  /** User and system. */
  readonly cpuMs: number;
  /** How long the process could have run and got no core; 0 where the system does not tell. */
  readonly waitedMs: number;
  /** Share (0–1) in which the process had work, whether it got a core for it or not. */
  readonly busy: number;
}

/** What the process has waited for a core, as Linux counts it for its main thread. */
export function coreWaitMs(file = "/proc/self/schedstat"): number {
  try {
    return Number(readFileSync(file, "utf8").split(" ")[1] ?? 0) / 1e6;
  } catch {
    return 0;
  }
}

/** The measured window of one worker, from its construction until `close`. */
export class Window {
  readonly #traffic: () => Traffic;
  readonly #before: Traffic;
  readonly #openedAt = performance.now();
  readonly #cpu = cpuUsage();
  readonly #waitedMs = coreWaitMs();
  readonly #loop = performance.eventLoopUtilization();
  #closed: WindowCounts | undefined;

  /** @param traffic tells what has passed so far */
  constructor(traffic: () => Traffic) {
    this.#traffic = traffic;
    this.#before = traffic();
  }

  /** What has passed so far, or did until `close`. */
  get counts(): WindowCounts {
    return this.#closed ?? this.#count();
  }

  close(): void {
    this.#closed ??= this.#count();
  }

  #count(): WindowCounts {
    const now = this.#traffic();
    const before = this.#before;
    const { user, system } = cpuUsage(this.#cpu);
    const windowMs = performance.now() - this.#openedAt;
    const cpuMs = (user + system) / 1000;
    const waitedMs = coreWaitMs() - this.#waitedMs;
    // To the event loop the time that the kernel takes to tell what is ready, and to give a core to
    // who was waiting for that, is idle.
    const { utilization } = performance.eventLoopUtilization(this.#loop);
    return {
      traffic: {
        messagesOut: now.messagesOut - before.messagesOut,
        messagesIn: now.messagesIn - before.messagesIn,
        bytesOut: now.bytesOut - before.bytesOut,
        bytesIn: now.bytesIn - before.bytesIn,
      },
      windowMs,
      cpuMs,
      waitedMs,
      busy: Math.min(1, Math.max(utilization, (cpuMs + waitedMs) / windowMs)),
    };
  }
}
