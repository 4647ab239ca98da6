import { FramecatError } from "../errors.ts";
import { CloseCode, describeCloseCode } from "../protocol/close-codes.ts";
import type { Backoff } from "./backoff.ts";
import type { CloseEvent } from "./events.ts";

export interface ReconnectPolicy extends Backoff {
  /** How many tries in a row may fail before it is given up. */
  readonly tries: number;
  /** Also after what trying again will hardly change. */
  readonly always: boolean;
  /** The first connection is tried again as well, as for a server that is still starting. */
  readonly firstToo: boolean;
}

export const RECONNECT_DEFAULTS: ReconnectPolicy = {
  firstDelayMs: 1000,
  factor: 1.5,
  maxDelayMs: 30_000,
  jitter: 0.5,
  tries: 10,
  always: false,
  firstToo: true,
};

/** Why there is no connection: it has ended, or never came about. */
export type Loss =
  | {
      readonly kind: "closed";
      readonly close: CloseEvent;
      readonly error?: FramecatError | undefined;
    }
  | {
      readonly kind: "failed";
      readonly failure: FramecatError;
      /** What the server answered the handshake with, where it did. */
      readonly status?: number | undefined;
    };

/**
 * Whether to try again.
 *
 * 1. Never after a wrong flag, nor when we were interrupted: no server is the cause.
 * 2. Not, unless `always`, after what stays as it is: the server has closed for its policy (1008) or
 *    refused the handshake with 4xx; its certificate is not trusted, which must not scroll away
 *    behind further tries; or its answer is no WebSocket handshake.
 * 3. After all else: a server that restarts refuses connections, resets them, answers 5xx, and says
 *    goodbye with almost any code.
 */
export function mayRetry(loss: Loss, { always }: Pick<ReconnectPolicy, "always">): boolean {
  if (loss.kind === "closed") return always || loss.close.code !== CloseCode.policyViolation;
  switch (loss.failure.code) {
    case "usage":
    case "interrupted":
    case "terminated":
      return false;
    case "tls":
    case "bad-handshake":
      return always;
    default:
      return always || !isClientError(loss.status);
  }
}

function isClientError(status = 0): boolean {
  return status >= 400 && status < 500;
}

/** The words for it: `closed with 1001 Going Away "bye"`. */
export function reasonOf(loss: Loss): string {
  if (loss.kind === "failed") return loss.failure.message;
  const { code, reason } = loss.close;
  if (loss.error !== undefined) return loss.error.message;
  if (code === CloseCode.abnormal) return "the connection ended without a Close frame (1006)";
  const quoted = reason === "" ? "" : ` ${JSON.stringify(reason)}`;
  return `closed with ${code} ${describeCloseCode(code).name}${quoted}`;
}

/** A connection that lasted so long has held, whether anything came or not. */
const HELD_MS = 5000;

/**
 * Counts tries in a row. A connection that holds begins a new row: it has lasted five seconds, or it
 * has brought something and outlived the first delay. So a server that accepts and drops at once,
 * with a greeting or without, is given up like one that refuses.
 */
export class Tries {
  readonly #policy: Pick<ReconnectPolicy, "tries" | "firstDelayMs">;
  #made = 0;

  constructor(policy: Pick<ReconnectPolicy, "tries" | "firstDelayMs">) {
    this.#policy = policy;
  }

  get made(): number {
    return this.#made;
  }

  /** The number of the next one; undefined when all are used up. */
  next(): number | undefined {
    if (this.#made >= this.#policy.tries) return undefined;
    this.#made += 1;
    return this.#made;
  }

  /** A connection has ended. @param received messages that it brought */
  lasted(openMs: number, received: number): void {
    const held = received > 0 && openMs > this.#policy.firstDelayMs;
    if (held || openMs >= HELD_MS) this.#made = 0;
  }

  /** What it comes to when all are used up. */
  gaveUp(loss: Loss): FramecatError {
    const times = this.#made === 1 ? "1 try" : `${this.#made} tries`;
    const hint = "--reconnect-tries allows more.";
    return new FramecatError("gave-up", `gave up after ${times}: ${reasonOf(loss)}`, hint);
  }
}
