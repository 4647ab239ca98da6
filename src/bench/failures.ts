import type { FailureCode, FramecatError } from "../errors.ts";
import { CloseCode, describeCloseCode } from "../protocol/close-codes.ts";
import type { LeanClose } from "../transport/lean-connection.ts";

/** What can go wrong with a socket, told apart as finely as who reads a report asks for it. */
export const FAILURE_KINDS = [
  "name-resolution",
  "refused",
  "unreachable",
  "reset",
  "connect-timeout",
  "tls",
  "http-status",
  "bad-handshake",
  "proxy",
  "protocol",
  "abnormal",
  "closed",
  "heartbeat",
  "other",
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** One kind of failure: the code says which exit code it deserves, the message what happened. */
export interface Failure {
  readonly kind: FailureKind;
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
    const { kind, code, message, hint } = full && !known ? other(failure) : failure;
    const key = keyOf({ code, message });
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { kind, code, message, ...(hint && { hint }), count: before + count });
  }

  /** The most frequent first. */
  list(): FailureCount[] {
    return [...this.#counts.values()].toSorted((a, b) => b.count - a.count);
  }
}

function keyOf({ code, message }: Pick<Failure, "code" | "message">): string {
  return `${code} ${message}`;
}

function other({ kind, code }: Failure): Failure {
  return { kind, code, message: "other reasons" };
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

/** The peer answered no ping any more. */
export const HEARTBEAT_LOST: Failure = {
  kind: "heartbeat",
  code: "heartbeat",
  message: "the peer did not answer a ping until the next one",
};

/** The failure that a dial ended in. */
export function failureOfDial({ code, message, hint, errno }: FramecatError): Failure {
  return { kind: dialKind(code, errno), code, message, hint };
}

function dialKind(code: FailureCode, errno: string | undefined): FailureKind {
  switch (code) {
    case "unreachable":
      if (errno === "ECONNREFUSED") return "refused";
      return errno === "ECONNRESET" || errno === "EPIPE" || errno === undefined
        ? "reset"
        : "unreachable";
    case "refused":
      return "http-status";
    case "name-resolution":
    case "connect-timeout":
    case "tls":
    case "bad-handshake":
    case "proxy":
      return code;
    default:
      return "other";
  }
}

/** The failure that the end of a connection in the middle of a run is. */
export function failureOf({ code, reason, violation, errno }: LeanClose): Failure {
  if (violation) {
    const message = `the peer broke the protocol: ${violation.message.replace(/\.$/, "")}`;
    return { kind: "protocol", code: "protocol", message };
  }
  if (code !== CloseCode.abnormal) {
    const said = reason === "" ? "" : ` ${JSON.stringify(reason)}`;
    const message = `the peer closed with ${code} ${nameOf(code)}${said}`;
    return { kind: "closed", code: "closed", message };
  }
  const message = errno === undefined ? ERRNO.EPIPE : (ERRNO[errno] ?? `it failed: ${errno}`);
  const kind = errno === "ECONNRESET" ? "reset" : "abnormal";
  return { kind, code: "abnormal", message: message ?? "" };
}

function nameOf(code: number): string {
  return describeCloseCode(code).name;
}
