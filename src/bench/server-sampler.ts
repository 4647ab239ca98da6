import { usageError } from "../errors.ts";
import { hasProc, PROC, type ProcessUsage, type ProcFiles, readUsage } from "./process-usage.ts";
import type { ServerResult, ServerSample } from "./result.ts";

interface Reading extends ProcessUsage {
  readonly at: number;
  /** What it has used since the first reading. */
  readonly usedMs: number;
}

type Peak = Pick<ProcessUsage, "rssBytes" | "threads" | "openFiles">;

/** What the run achieved, which the use of the server is divided by. */
export interface Achieved {
  readonly answered: number;
  /** Open at the end of the window. */
  readonly connections: number;
}

const FIRST_PERIOD_MS = 1000;
/** A run of any length keeps no more samples; from there on it has half as many, twice as far apart. */
const MAX_SAMPLES = 1024;
/** CPU is counted in ticks of 10 ms, which is too coarse for shorter samples. */
const MIN_SAMPLE_MS = 200;

/**
 * Looks at the server once a second, and when the measured window opens and closes. A server that
 * ends in the middle of the run is no failure here: what was seen of it until then is the result.
 */
export class ServerSampler {
  readonly #pid: number;
  readonly #proc: ProcFiles;
  readonly #now: () => number;
  #readings: Reading[] = [];
  #opened: Reading | undefined;
  #closed: Reading | undefined;
  /** The most of each in the window. */
  #peak: Peak | undefined;
  #windowAt = 0;
  #endedAt: number | undefined;
  #periodMs = FIRST_PERIOD_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(pid: number, { proc = PROC, now = (): number => performance.now() } = {}) {
    this.#pid = pid;
    this.#proc = proc;
    this.#now = now;
  }

  /**
   * Takes the first sample; to be called before the first socket opens.
   * @throws FramecatError (usage) where there is no such process, or no way to look at it
   */
  start(): void {
    if (!hasProc(this.#proc)) {
      throw usageError(
        "--server-pid reads /proc, which this system does not have",
        "It works on Linux; leave it out elsewhere.",
      );
    }
    if (!this.#look()) {
      throw usageError(
        `--server-pid ${this.#pid}: there is no such process`,
        "It must run on this machine; in a container processes have other numbers.",
      );
    }
    this.#repeat();
  }

  windowOpened(): void {
    this.#windowAt = this.#now();
    this.#opened = this.#look() ?? this.#readings.at(-1);
    this.#peak = this.#opened;
    this.#repeat();
  }

  windowClosed(): void {
    this.#closed ??= this.#look() ?? this.#readings.at(-1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What the server used in the window, or has so far; undefined where none was opened. */
  result({ answered, connections }: Achieved): ServerResult | undefined {
    const [first] = this.#readings;
    const from = this.#opened;
    const to = this.#closed ?? this.#readings.at(-1);
    const peak = this.#peak;
    if (!first || !from || !to || !peak) return undefined;
    const cpuMs = to.usedMs - from.usedMs;
    const growth = to.rssBytes - first.rssBytes;
    return {
      pid: this.#pid,
      ...(this.#endedAt !== undefined && { endedAtMs: this.#endedAt - this.#windowAt }),
      cpuMs,
      cores: coresOf(from, to),
      maxRssBytes: peak.rssBytes,
      maxThreads: peak.threads,
      ...(peak.openFiles !== undefined && { maxOpenFiles: peak.openFiles }),
      ...(answered > 0 && { cpuUsPerMessage: (cpuMs * 1000) / answered }),
      ...(connections > 0 && growth >= 0 && { rssBytesPerConnection: growth / connections }),
      samples: samplesOf(this.#readings, this.#windowAt),
    };
  }

  #repeat(): void {
    clearInterval(this.#timer);
    if (this.#endedAt !== undefined) return;
    // A run that fails before it could stop the sampler is not kept alive by it.
    this.#timer = setInterval(() => this.#look(), this.#periodMs).unref();
  }

  #look(): Reading | undefined {
    if (this.#endedAt !== undefined) return undefined;
    const at = this.#now();
    const usage = readUsage(this.#pid, this.#proc);
    const last = this.#readings.at(-1);
    // A later process may have got the number.
    if (!usage || (last && last.startTicks !== usage.startTicks)) {
      this.#endedAt = at;
      this.stop();
      return undefined;
    }
    // What a child used is lost where nobody waits for its end: that is no negative use.
    const more = last ? Math.max(0, usage.cpuMs - last.cpuMs) : 0;
    const reading = { ...usage, at, usedMs: (last?.usedMs ?? 0) + more };
    if (this.#peak && !this.#closed) this.#peak = peakOf(this.#peak, reading);
    this.#keep(reading);
    return reading;
  }

  #keep(reading: Reading): void {
    const last = this.#readings.at(-1);
    const fixed = last === this.#opened || this.#readings.length < 2;
    if (last && !fixed && reading.at - last.at < MIN_SAMPLE_MS) this.#readings.pop();
    this.#readings.push(reading);
    if (this.#readings.length <= MAX_SAMPLES) return;
    this.#readings = this.#readings.filter((_, i) => i % 2 === 0);
    this.#periodMs *= 2;
    this.#repeat();
  }
}

function peakOf(a: Peak, b: Peak): Peak {
  return {
    rssBytes: Math.max(a.rssBytes, b.rssBytes),
    threads: Math.max(a.threads, b.threads),
    openFiles: maxOfKnown(a.openFiles, b.openFiles),
  };
}

function maxOfKnown(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function samplesOf(readings: readonly Reading[], windowAt: number): ServerSample[] {
  return readings.slice(1).map((reading, i) => {
    const { at, rssBytes, threads, openFiles } = reading;
    return {
      atMs: at - windowAt,
      cores: coresOf(readings[i] ?? reading, reading),
      rssBytes,
      threads,
      ...(openFiles !== undefined && { openFiles }),
    };
  });
}

function coresOf(from: Reading, to: Reading): number {
  return to.at > from.at ? (to.usedMs - from.usedMs) / (to.at - from.at) : 0;
}
