import type { Clock } from "../../clock.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import type { DeflateParams } from "../../protocol/deflate.ts";
import { deflateContext } from "../../protocol/deflate-context.ts";
import { createInflate } from "../../transport/inflater.ts";
import { type Breach, FrameGate } from "../../transport/relay/frame-gate.ts";
import type { Expulsion } from "../client.ts";
import { Allowance, type RateOptions } from "../guards/allowance.ts";

/** What the clients of a relay may do; what is absent is no limit. */
export interface RelayLimits {
  /** In bytes, on the wire and inflated. */
  readonly maxMessageLength?: number | undefined;
  readonly maxFragments?: number | undefined;
  readonly rate?: RateOptions | undefined;
  /** How long no message may pass, either way. */
  readonly idleMs?: number | undefined;
}

/** What the frames of one client have to pass; undefined where nothing is limited. */
export function gateOf(
  { maxMessageLength, maxFragments, rate }: RelayLimits,
  deflate: DeflateParams | undefined,
  clock: Clock,
): FrameGate | undefined {
  if (maxMessageLength === undefined && maxFragments === undefined && !rate) return undefined;
  const allowance = rate && new Allowance(rate, clock);
  const mayBegin = allowance && ((): boolean => allowance.take());
  const inflate = deflate && createInflate(deflateContext(deflate, "client"));
  return new FrameGate({ maxMessageLength, maxFragments, mayBegin }, inflate);
}

/**
 * Why a client is shown out that is beyond a limit. It is so at once where another server would tell it
 * first: nothing may be left out of what the server of a relay gets, nor put between what it sends.
 */
export const EXPULSIONS: Readonly<Record<Breach, Expulsion>> = {
  length: beyond("max-payload", CloseCode.tooBig, "message too big"),
  fragments: beyond("max-fragments", CloseCode.policyViolation, "too many fragments"),
  rate: {
    kind: "rate",
    why: "it sends more messages than --max-rate allows",
    code: CloseCode.policyViolation,
    reason: "too many messages",
  },
};

function beyond(kind: string, code: number, reason: string): Expulsion {
  return { kind, why: `its message is beyond --${kind}`, code, reason };
}
