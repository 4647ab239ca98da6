import { cpuUsage } from "node:process";
import type { Traffic } from "./load.ts";

/** What passed between two moments, and what it cost this process. */
export interface WindowCounts {
  readonly traffic: Traffic;
  readonly windowMs: number;
  /** User and system. */
  readonly cpuMs: number;
  /** Share (0–1) in which the event loop had work. */
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
    return {
      traffic: {
        messagesOut: now.messagesOut - before.messagesOut,
        messagesIn: now.messagesIn - before.messagesIn,
        bytesOut: now.bytesOut - before.bytesOut,
        bytesIn: now.bytesIn - before.bytesIn,
      },
      windowMs: performance.now() - this.#openedAt,
      cpuMs: (user + system) / 1000,
      busy: performance.eventLoopUtilization(this.#loop).utilization,
    };
  }
}
