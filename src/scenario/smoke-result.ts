import { elapsedMs, type Moment } from "../clock.ts";
import { EXIT_DONE, type FailureCode, type FramecatError } from "../errors.ts";
import { describeCloseCode } from "../protocol/close-codes.ts";
import { encodeDeflateParams } from "../protocol/deflate.ts";
import { formatExtension } from "../protocol/extensions.ts";
import { parseStatusLine } from "../protocol/http-head.ts";
import { redactUrl } from "../redact.ts";
import type { CloseEvent, HandshakeEvent, Timings, TlsFacts } from "../transport/events.ts";
import type { Check, Progress } from "./checks.ts";
import type { StatisticsSnapshot } from "./statistics.ts";

export const CONNECT_SCHEMA = "framecat.connect/1";

/** What is known of a run when it has ended. */
export interface SmokeRun {
  readonly url: string;
  readonly startedAt: Moment;
  readonly endedAt: Moment;
  /** The last ones, where there were several connections. */
  readonly handshake?: HandshakeEvent | undefined;
  readonly close?: CloseEvent | undefined;
  readonly checks: readonly Check[];
  readonly others: Progress["others"];
  readonly statistics: StatisticsSnapshot;
  /** What ends the run with an exit code that is no success. */
  readonly failure?: FramecatError | undefined;
  readonly showSecrets?: boolean | undefined;
}

/** A run as `connect --json` writes it. The schema is `src/schema/connect.schema.json`. */
export interface ConnectResult {
  readonly v: typeof CONNECT_SCHEMA;
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: "passed" | "failed";
  readonly exitCode: number;
  readonly failure?: ConnectFailure;
  readonly handshake?: HandshakeFacts;
  readonly checks: readonly Check[];
  readonly others: Progress["others"];
  readonly statistics: StatisticsSnapshot;
  readonly close?: CloseFacts;
}

export interface ConnectFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface HandshakeFacts {
  /** Of the response; absent where it was no HTTP. */
  readonly status?: number | undefined;
  readonly remote: string;
  readonly timingsMs: Timings;
  readonly subprotocol?: string | undefined;
  readonly extensions: string;
  readonly tls?: TlsFacts | undefined;
}

export interface CloseFacts {
  readonly code: number;
  readonly name: string;
  readonly reason: string;
  readonly initiator: CloseEvent["initiator"];
  readonly clean: boolean;
  readonly durationMs?: number | undefined;
}

export function smokeResult(run: SmokeRun): ConnectResult {
  const { url, startedAt, endedAt, failure, handshake, close } = run;
  const { checks, others, statistics } = run;
  return {
    v: CONNECT_SCHEMA,
    url: run.showSecrets ? url : redactUrl(url),
    startedAt: new Date(Math.floor(startedAt.epochUs / 1000)).toISOString(),
    durationMs: elapsedMs(startedAt.ns, endedAt.ns),
    outcome: failure ? "failed" : "passed",
    exitCode: failure?.exitCode ?? EXIT_DONE,
    ...(failure && { failure: failureFacts(failure) }),
    ...(handshake && { handshake: handshakeFacts(handshake) }),
    checks,
    others,
    statistics,
    ...(close && { close: closeFacts(close) }),
  };
}

function failureFacts({ code, message, hint }: FramecatError): ConnectFailure {
  return { code, message, hint };
}

function handshakeFacts(event: HandshakeEvent): HandshakeFacts {
  const { response, remote, timings, subprotocol, deflate, tls } = event;
  return {
    status: parseStatusLine(response.startLine)?.status,
    remote,
    timingsMs: timings,
    subprotocol,
    extensions: deflate ? formatExtension(encodeDeflateParams(deflate)) : "",
    tls,
  };
}

function closeFacts({ code, reason, initiator, clean, durationMs }: CloseEvent): CloseFacts {
  return { code, name: describeCloseCode(code).name, reason, initiator, clean, durationMs };
}
