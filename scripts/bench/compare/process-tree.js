import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** Linux shows times in hundredths of a second, whatever the kernel's own clock is. */
const TICK_MS = 10;
const PAGE_KIB = 4;

/** Of /proc/PID/stat, what follows the name, which may hold anything: `state ppid …`. */
function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** A process and all that it started, as far as they live. Each thread has children of its own. */
export function processTree(pid) {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap(
      (thread) =>
        readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1").match(/\d+/g) ?? [],
    );
    return [pid, ...children.map(Number).flatMap(processTree)];
  } catch {
    return [];
  }
}

/** CPU time of a process tree, user and system, with that of children that have ended. */
export function cpuMs(pid) {
  return sum(processTree(pid), (member) => {
    const [user, system, childUser, childSystem] = stat(member).slice(11, 15).map(Number);
    return (user + system + childUser + childSystem) * TICK_MS;
  });
}

/** Resident memory of a process tree. */
export function residentKiB(pid) {
  return sum(processTree(pid), (member) => Number(stat(member)[21]) * PAGE_KIB);
}

/** Ends a process and all that it started, at once; itself last, so that it may be our own. */
export function killTree(pid) {
  for (const member of processTree(pid).toReversed()) {
    try {
      process.kill(member, "SIGKILL");
    } catch {
      // It has just gone by itself.
    }
  }
}

function sum(members, of) {
  return members.reduce((total, member) => {
    try {
      return total + of(member);
    } catch {
      return total;
    }
  }, 0);
}
