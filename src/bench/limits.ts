import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { usageError } from "../errors.ts";

/** What the system lets a process have; undefined where it does not tell. */
export interface SystemLimits {
  readonly cores: number;
  /** Open files of one process. */
  readonly openFiles: number | undefined;
  /** Ports that outgoing connections from one address may have. */
  readonly localPorts: number | undefined;
}

/** Files that a worker has open beside its sockets. */
const OTHER_FILES = 64;
/** Fewer sockets than this are not worth a further process. */
const SOCKETS_PER_WORKER = 50;

/** Linux tells its limits under /proc; elsewhere they show when they are met. */
export function readLimits(read: (file: string) => string = readText): SystemLimits {
  const files = /^Max open files\s+(\d+)/m.exec(attempt(read, "/proc/self/limits"))?.[1];
  const range = attempt(read, "/proc/sys/net/ipv4/ip_local_port_range").trim().split(/\s+/);
  const [low = Number.NaN, high = Number.NaN] = range.map((port) => Number.parseInt(port, 10));
  return {
    cores: availableParallelism(),
    openFiles: files === undefined ? undefined : Number(files),
    localPorts: Number.isNaN(high - low) ? undefined : high - low + 1,
  };
}

export interface Wanted {
  readonly connections: number;
  /** Absent: as many as the cores allow and the sockets are worth. */
  readonly workers?: number | undefined;
  /** Connections to a unix socket take no ports. */
  readonly overTcp: boolean;
  /** The embedded server holds all sockets in one process. */
  readonly embedded: boolean;
  /** Source addresses that the sockets take turns with. */
  readonly addresses: number;
}

/**
 * How many workers a run gets: the cores but one, which is left to a server beside it; fewer where
 * there are few sockets; more where the limit on open files asks for it.
 * @throws FramecatError (usage) when the system cannot hold so many connections
 */
export function chooseWorkers(wanted: Wanted, limits: SystemLimits): number {
  const { connections, overTcp, embedded, addresses } = wanted;
  const { cores, openFiles = Number.POSITIVE_INFINITY, localPorts } = limits;
  const perProcess = Math.max(1, openFiles - OTHER_FILES);
  if (overTcp && localPorts !== undefined && connections > localPorts * addresses) {
    const have = addresses === 1 ? "an address has" : `${addresses} addresses have`;
    throw usageError(
      `${connections} connections need as many local ports; ${have} ${localPorts * addresses}`,
      "Spread them with --local-address, or widen net.ipv4.ip_local_port_range.",
    );
  }
  if (embedded && connections > perProcess) {
    throw usageError(
      `${connections} connections do not fit the embedded server: the limit on open files is ${openFiles}`,
      "Raise it with `ulimit -n`, or give the URL of a server.",
    );
  }
  const needed = Math.ceil(connections / perProcess);
  if (wanted.workers !== undefined) return checkWorkers(wanted.workers, needed, wanted, openFiles);
  const worth = Math.min(cores - 1, Math.floor(connections / SOCKETS_PER_WORKER));
  return Math.max(1, needed, worth);
}

function checkWorkers(workers: number, needed: number, wanted: Wanted, openFiles: number): number {
  if (workers < needed) {
    throw usageError(
      `${wanted.connections} connections need ${needed} workers: the limit on open files is ${openFiles}`,
      `Use --workers ${needed}, or raise the limit with \`ulimit -n\`.`,
    );
  }
  return Math.min(workers, wanted.connections);
}

function attempt(read: (file: string) => string, file: string): string {
  try {
    return read(file);
  } catch {
    return "";
  }
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}
