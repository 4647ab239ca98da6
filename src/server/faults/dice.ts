import { seededRandom } from "../../seeded-random.ts";
import { unreachable } from "../../transport/events.ts";
import type { When } from "./fault.ts";

/** Random numbers from 0 to below 1. */
export type Random = () => number;

/**
 * The random numbers of one fault at one client. They depend on nothing else: neither on other
 * clients nor on other faults, nor on what has struck before.
 *
 * @param fault how it was written
 */
export function diceOf(seed: number, conn: string, fault: string): Random {
  return seededRandom(hash(`${seed}/${conn}/${fault}`));
}

/**
 * Decides for each message, ping or client whether a fault strikes. It draws for each, whatever comes
 * of it.
 * @returns a function of the number of the message, from 1 on
 */
export function striker(when: When, random: Random): (number: number) => boolean {
  switch (when.kind) {
    case "chance":
      return () => random() < when.probability;
    case "message":
      return (number) => number === when.number;
    case "time":
      return () => false;
    default:
      return unreachable(when);
  }
}

/** FNV-1a in 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const octet of Buffer.from(text)) sum = Math.imul(sum ^ octet, 0x01000193);
  return sum >>> 0;
}
