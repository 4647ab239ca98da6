import { readdirSync, readFileSync, statSync } from "node:fs";
import { pid as ownPid } from "node:process";

/**
 * What a process uses at a moment, as Linux tells it under /proc. Its descendants count as parts of
 * it: nginx or a cluster of Node does its work in the children of the process that people name.
 */
export interface ProcessUsage {
  /** User and system since it began, with that of children that have ended and were waited for. */
  readonly cpuMs: number;
  /** Memory that processes share counts for each of them. */
  readonly rssBytes: number;
  readonly threads: number;
  /** Undefined where the system does not let us count those of one of them. */
  readonly openFiles: number | undefined;
  /** When it began, in ticks since boot: tells it from a later process of the same number. */
  readonly startTicks: number;
}

/** What this module reads; paths are those under /proc. Each throws for what is gone or denied. */
export interface ProcFiles {
  read(path: string): string;
  list(path: string): readonly string[];
  /** How many entries a folder has. */
  count(path: string): number;
}

export const PROC: ProcFiles = {
  read: (path) => readFileSync(`/proc/${path}`, "utf8"),
  list: (path) => readdirSync(`/proc/${path}`),
  // Since Linux 6.2 the size of /proc/PID/fd is the number of open files. To list them takes long
  // where there are thousands.
  count: (path) => statSync(`/proc/${path}`).size || readdirSync(`/proc/${path}`).length,
};

/** `USER_HZ`, the unit of times in /proc: part of Linux's ABI, and 100 wherever Node runs. */
const TICK_MS = 1000 / 100;

/** Whether this system tells of processes under /proc. */
export function hasProc(proc: ProcFiles = PROC): boolean {
  return attempt(() => proc.read("self/stat")) !== undefined;
}

/** What `pid` and its descendants use; undefined where it has ended. */
export function readUsage(pid: number, proc: ProcFiles = PROC): ProcessUsage | undefined {
  const tree = treeOf(pid, readProcesses(proc));
  const [root] = tree;
  if (!root || root.ended) return undefined;
  const alive = tree.filter(({ ended }) => !ended);
  return {
    cpuMs: sum(tree.map(({ cpuTicks }) => cpuTicks)) * TICK_MS,
    rssBytes: sum(alive.map((one) => parseRss(attempt(() => proc.read(`${one.pid}/status`))))),
    threads: sum(alive.map(({ threads }) => threads)),
    openFiles: sumOfKnown(alive.map((one) => attempt(() => proc.count(`${one.pid}/fd`)))),
    startTicks: root.startTicks,
  };
}

/** One line of /proc/PID/stat. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system of all its threads, and of children that it has waited for. */
  readonly cpuTicks: number;
  readonly threads: number;
  readonly startTicks: number;
  /** It has ended, and its parent has not noticed yet. */
  readonly ended: boolean;
}

/**
 * Reads /proc/PID/stat, fields numbered as in proc_pid_stat(5). The second is the name in
 * parentheses, in which anything may stand, parentheses and spaces too: the rest begins after the
 * last one. Undefined for what is no such line.
 */
export function parseStat(text: string): ProcessStat | undefined {
  const [state = "", ...numbers] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (n: number): number => Number(numbers[n - 4]);
  const stat = {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    cpuTicks: field(14) + field(15) + field(16) + field(17),
    threads: field(20),
    startTicks: field(22),
  };
  return Object.values(stat).some(Number.isNaN)
    ? undefined
    : { ...stat, ended: /[ZXx]/.test(state) };
}

/** The `VmRSS` of /proc/PID/status; a process that is about to end has none. */
export function parseRss(status = ""): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/**
 * The process itself first, then its descendants; nothing where it is not among `processes`. What
 * measures is no part of what is measured, though a shell may have started both.
 */
export function treeOf(
  pid: number,
  processes: readonly ProcessStat[],
  measuring: number = ownPid,
): ProcessStat[] {
  const tree = processes.filter((one) => one.pid === pid);
  // Grows while it is walked.
  for (const { pid: parent } of tree) {
    const isNew = (one: ProcessStat): boolean => one.pid !== measuring && !tree.includes(one);
    tree.push(...processes.filter((one) => one.parent === parent && isNew(one)));
  }
  return tree;
}

function readProcesses(proc: ProcFiles): ProcessStat[] {
  const pids = (attempt(() => proc.list("")) ?? []).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => parseStat(attempt(() => proc.read(`${pid}/stat`)) ?? "") ?? []);
}

/** Any process may end between two looks at it. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function sumOfKnown(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === numbers.length ? sum(known) : undefined;
}
