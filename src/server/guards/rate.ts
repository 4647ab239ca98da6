import type { Clock } from "../../clock.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";
import { Allowance, type RateOptions } from "./allowance.ts";

interface Watch {
  readonly allowance: Allowance;
  warnedAtMs: number;
}

/**
 * Limits how often a client sends. Its allowance is `count` messages at once and grows back over the
 * period, evenly. The first message beyond it is dropped, and the client told by a message; the next
 * such one within a period closes it with 1008.
 */
export function rateGuard(rate: RateOptions, clock: Clock): Guard {
  const watches = new Map<Client, Watch>();
  return {
    joined: (client) => {
      watches.set(client, { allowance: new Allowance(rate, clock), warnedAtMs: -Infinity });
    },
    allows: (client) => {
      const watch = watches.get(client);
      if (!watch || watch.allowance.take()) return true;
      const { atMs, waitMs } = watch.allowance;
      if (atMs - watch.warnedAtMs < rate.periodMs) expel(client, rate);
      else warn(client, waitMs);
      watch.warnedAtMs = atMs;
      return false;
    },
    left: (client) => void watches.delete(client),
  };
}

/** What a client is told, for programs to read. */
function warn(client: Client, retryAfterMs: number): void {
  client.refused("rate", "its message is one too many and was dropped; it was told so");
  const told = { type: "error", code: "rate-limited", message: "too many messages", retryAfterMs };
  void client.send(JSON.stringify(told));
}

function expel(client: Client, { count, periodMs }: RateOptions): void {
  void client.expel({
    kind: "rate",
    why: `it sends more than ${count} messages in ${periodMs / 1000} s and was told`,
    code: CloseCode.policyViolation,
    reason: "too many messages",
  });
}
