import { readdirSync, readFileSync } from "node:fs";
import { kill, platform } from "node:process";

/** Where there are groups of processes, one that is started by itself leads a group of its own. */
export const HAS_GROUPS = platform !== "win32";

/**
 * Signals all processes of a group.
 * @param leader the process that the group is named after, which may have ended
 * @param signal 0 only asks whether there are any
 * @returns false where there are none
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return kill(HAS_GROUPS ? -leader : leader, signal);
  } catch {
    return false;
  }
}

/**
 * Whether anything of a group still runs. Who is dead and only waits for its parent to take note, which
 * in a container may never come, does not count where the system tells.
 */
export function isGroupAlive(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  if (platform !== "linux") return true;
  try {
    return readdirSync("/proc").some((name) => /^\d+$/.test(name) && isAliveIn(leader, name));
  } catch {
    return true;
  }
}

/** Reads state and group of a process, fields 3 and 5 of proc_pid_stat(5), behind its name. */
function isAliveIn(leader: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state = "", , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(group) === leader && !/[ZXx]/.test(state);
  } catch {
    return false;
  }
}
