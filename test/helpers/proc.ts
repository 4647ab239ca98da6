import type { ProcFiles } from "../../src/bench/process-usage.ts";

/** A process as /proc shows it; what a test is about is given. */
export interface FakeProcess {
  name?: string;
  state?: string;
  parent?: number;
  cpuTicks?: number;
  /** Of its children that have ended. */
  childTicks?: number;
  threads?: number;
  startTicks?: number;
  rssKiB?: number;
  /** Undefined where the system does not let us see them. */
  openFiles?: number | undefined;
}

/** The line of /proc/PID/stat; it holds half of the ticks as user and half as system. */
export function statLine(pid: number, given: FakeProcess = {}): string {
  const { name = "node", state = "S", parent = 1, threads = 1, startTicks = 100 } = given;
  const { cpuTicks = 0, childTicks = 0 } = given;
  const times = [cpuTicks, childTicks].flatMap((t) => [Math.floor(t / 2), Math.ceil(t / 2)]);
  const head = `${pid} (${name}) ${state} ${parent} ${pid} ${pid} 0 -1 4194560 2462 42234 2 23`;
  return `${head} ${times.join(" ")} 20 0 ${threads} 0 ${startTicks} 5263360 994 0\n`;
}

/** A /proc of its own, of which tests change the processes. */
export class FakeProc implements ProcFiles {
  readonly processes = new Map<number, FakeProcess>();

  constructor(processes: Readonly<Record<number, FakeProcess>> = {}) {
    for (const [pid, process] of Object.entries(processes)) {
      this.processes.set(Number(pid), process);
    }
  }

  read(path: string): string {
    if (path === "self/stat") return statLine(1);
    const { pid, process, file } = this.#find(path);
    if (file === "stat") return statLine(pid, process);
    return `Name:\tnode\nVmPeak:\t 99999 kB\nVmRSS:\t ${process.rssKiB ?? 0} kB\nThreads:\t1\n`;
  }

  list(): string[] {
    return ["self", "meminfo", ...[...this.processes.keys()].map(String)];
  }

  count(path: string): number {
    const { process } = this.#find(path);
    if ("openFiles" in process && process.openFiles === undefined) throw new Error("EACCES");
    return process.openFiles ?? 0;
  }

  #find(path: string): { pid: number; process: FakeProcess; file: string | undefined } {
    const [pid, file] = path.split("/");
    const process = this.processes.get(Number(pid));
    if (!process) throw new Error("ENOENT");
    return { pid: Number(pid), process, file };
  }
}
