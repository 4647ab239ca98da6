import type { Clock } from "../../clock.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";

/** How many messages a client may send in a time. */
export interface RateOptions {
  readonly count: number;
  readonly periodMs: number;
}

interface Allowance {
  /** Messages that may come at once. */
  left: number;
  atMs: number;
  warnedAtMs: number;
}

/**
 * Limits how often a client sends. Its allowance is `count` messages at once and grows back over the
 * period, evenly. The first message beyond it is dropped, and the client told by a message; the next
 * such one within a period closes it with 1008.
 */
export function rateGuard({ count, periodMs }: RateOptions, clock: Clock): Guard {
  const allowances = new Map<Client, Allowance>();
  return {
    joined: (client) => {
      allowances.set(client, { left: count, atMs: millis(clock), warnedAtMs: -Infinity });
    },
    allows: (client) => {
      const allowance = allowances.get(client);
      if (!allowance) return true;
      const now = millis(clock);
      const grown = ((now - allowance.atMs) / periodMs) * count;
      allowance.left = Math.min(count, allowance.left + grown);
      allowance.atMs = now;
      if (allowance.left >= 1) {
        allowance.left -= 1;
        return true;
      }
      const goesOn = now - allowance.warnedAtMs < periodMs;
      if (goesOn) expel(client, count, periodMs);
      else warn(client, Math.ceil(((1 - allowance.left) / count) * periodMs));
      allowance.warnedAtMs = now;
      return false;
    },
    left: (client) => void allowances.delete(client),
  };
}

/** What a client is told, for programs to read. */
function warn(client: Client, retryAfterMs: number): void {
  client.refused("rate", "its message is one too many and was dropped; it was told so");
  const told = { type: "error", code: "rate-limited", message: "too many messages", retryAfterMs };
  void client.send(JSON.stringify(told));
}

function expel(client: Client, count: number, periodMs: number): void {
  void client.expel({
    kind: "rate",
    why: `it sends more than ${count} messages in ${periodMs / 1000} s and was told`,
    code: CloseCode.policyViolation,
    reason: "too many messages",
  });
}

function millis(clock: Clock): number {
  return Number(clock.now().ns) / 1e6;
}
