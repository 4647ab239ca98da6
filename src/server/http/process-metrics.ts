import { readFileSync, statSync, readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { cpuUsage, memoryUsage, platform, uptime } from "node:process";

/** What this process uses at a moment. */
export interface ProcessFigures {
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  readonly residentBytes: number;
  /** When it began, in seconds since 1970. */
  readonly startSeconds: number;
  /** Undefined where the system does not tell. */
  readonly openFiles: number | undefined;
  readonly maxFiles: number | undefined;
  /** How late timers were since the figures before; all 0 where none was looked at. */
  readonly lagSeconds: { readonly p50: number; readonly p99: number; readonly max: number };
}

const RESOLUTION_MS = 10;

/** Takes the figures of this process, and looks meanwhile how late its timers are. */
export class ProcessMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#delay.enable();
  }

  read(): ProcessFigures {
    const { user, system } = cpuUsage();
    return {
      cpuUserSeconds: user / 1e6,
      cpuSystemSeconds: system / 1e6,
      residentBytes: memoryUsage.rss(),
      startSeconds: Date.now() / 1000 - uptime(),
      openFiles: onLinux(countOpenFiles),
      maxFiles: onLinux(readMaxFiles),
      lagSeconds: this.#readLag(),
    };
  }

  close(): void {
    this.#delay.disable();
  }

  /** What is measured is the time between two timers, so their distance is to be taken off. */
  #readLag(): ProcessFigures["lagSeconds"] {
    const delay = this.#delay;
    const seen = delay.max > 0;
    const lag = (ns: number): number => (seen ? Math.max(0, ns / 1e9 - RESOLUTION_MS / 1000) : 0);
    const figures = {
      p50: lag(delay.percentile(50)),
      p99: lag(delay.percentile(99)),
      max: lag(delay.max),
    };
    delay.reset();
    return figures;
  }
}

/** Since Linux 6.2 the size of the folder is the number of open files. */
function countOpenFiles(): number {
  return statSync("/proc/self/fd").size || readdirSync("/proc/self/fd").length;
}

function readMaxFiles(): number | undefined {
  const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return soft === undefined ? undefined : Number(soft);
}

function onLinux<T>(read: () => T): T | undefined {
  if (platform !== "linux") return undefined;
  try {
    return read();
  } catch {
    return undefined;
  }
}
