import { cpuUsage } from "node:process";
import type { Traffic } from "./load.ts";

/** What passed between two moments, and what it cost this process. */
export interface WindowCounts {
  readonly traffic: Traffic;
  readonly windowMs: number;
  /** User and system. */
  readonly cpuMs: number;
  /** Share (0–1) in which the process had work. */
  readonly busy: number;
}

/** The measured window of one worker, from its construction until `close`. */
export class Window {
  readonly #traffic: () => Traffic;
  readonly #before: Traffic;
  readonly #openedAt = performance.now();
  readonly #cpu = cpuUsage();
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
    // The loop takes the time that the kernel needs to tell what is ready for idle; on the other hand
    // a process that has to wait for a core is busy, and uses no CPU.
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
      busy: Math.min(1, Math.max(utilization, cpuMs / windowMs)),
    };
  }
}
