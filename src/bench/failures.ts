import type { FailureCode } from "../errors.ts";
import { CloseCode, describeCloseCode } from "../protocol/close-codes.ts";
import type { LeanClose } from "../transport/lean-connection.ts";

/** One kind of failure: the code says which exit code it deserves, the message what happened. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** What to try. */
  readonly hint?: string | undefined;
}

export interface FailureCount extends Failure {
  readonly count: number;
}

/** Kinds that are told apart; a peer that gives every connection another reason fills no memory. */
const MAX_KINDS = 32;

/** Counts failures by kind. */
export class FailureTally {
  readonly #counts = new Map<string, FailureCount>();

  get total(): number {
    let total = 0;
    for (const { count } of this.#counts.values()) total += count;
    return total;
  }

  add(failure: Failure, count = 1): void {
    const full = this.#counts.size >= MAX_KINDS;
    const known = this.#counts.has(keyOf(failure));
    const { code, message, hint } = full && !known ? other(failure) : failure;
    const key = keyOf({ code, message });
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { code, message, ...(hint && { hint }), count: before + count });
  }

  /** The most frequent first. */
  list(): FailureCount[] {
    return [...this.#counts.values()].toSorted((a, b) => b.count - a.count);
  }
}

function keyOf({ code, message }: Failure): string {
  return `${code} ${message}`;
}

function other({ code }: Failure): Failure {
  return { code, message: "other reasons" };
}

/** Joins the lists of several workers. */
export function mergeFailures(lists: Iterable<readonly FailureCount[]>): FailureCount[] {
  const tally = new FailureTally();
  for (const list of lists) for (const failure of list) tally.add(failure, failure.count);
  return tally.list();
}

const ERRNO: Readonly<Record<string, string>> = {
  ECONNRESET: "the peer reset the connection",
  EPIPE: "the peer ended the connection without a Close frame",
  ETIMEDOUT: "the peer could not be reached any more",
};

/** The failure that the end of a connection in the middle of a run is. */
export function failureOf({ code, reason, violation, errno }: LeanClose): Failure {
  if (violation) {
    const message = `the peer broke the protocol: ${violation.message.replace(/\.$/, "")}`;
    return { code: "protocol", message };
  }
  if (code !== CloseCode.abnormal) {
    const said = reason === "" ? "" : ` ${JSON.stringify(reason)}`;
    return { code: "closed", message: `the peer closed with ${code} ${nameOf(code)}${said}` };
  }
  const message = errno === undefined ? ERRNO.EPIPE : (ERRNO[errno] ?? `it failed: ${errno}`);
  return { code: "abnormal", message: message ?? "" };
}

function nameOf(code: number): string {
  return describeCloseCode(code).name;
}
