import { readFileSync } from "node:fs";
import type { Socket } from "node:net";

/**
 * How many files this process may have open; Infinity where the system does not tell. It is read at
 * once: a process at its limit cannot open the file that tells it.
 */
export const MAX_OPEN_FILES = readLimit();

function readLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** Left for what a server itself opens. */
const MAX_RESERVED = 32;

/**
 * Why a socket that was accepted takes one file too many; undefined where it does not. A new file gets
 * the lowest number that is free, so its number tells how many there are. Where none is left at all,
 * node accepts clients and hangs up on them without a word to anybody.
 */
export function filesShort(socket: Socket, max = MAX_OPEN_FILES): string | undefined {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } };
  const reserved = Math.min(MAX_RESERVED, max / 8);
  if ((handle?.fd ?? -1) < max - reserved) return undefined;
  return `the limit of ${max} open files is reached, which \`ulimit -n\` tells`;
}
