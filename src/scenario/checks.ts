import { CloseCode, describeCloseCode } from "../protocol/close-codes.ts";
import type { CloseEvent } from "../transport/events.ts";
import type { Order } from "./assignment.ts";
import { quote } from "./brief-payload.ts";
import type { Pattern } from "./pattern.ts";

export interface ExpectationOptions {
  /** What has to come. */
  readonly expect: readonly Pattern[];
  readonly order: Order;
  /** What must not come. */
  readonly reject: readonly Pattern[];
  /** Ends the test with so many messages. */
  readonly count?: number | undefined;
  /** Ends the test with a message like this. */
  readonly until?: Pattern | undefined;
  /** The code that the connection has to be closed with. */
  readonly closeCode?: number | undefined;
  readonly subprotocol?: string | undefined;
  readonly maxLatencyMs?: number | undefined;
}

/** One thing that was to be, and whether it was. */
export interface Check {
  readonly kind: CheckKind;
  /** As it was asked for. */
  readonly wanted: string;
  /** The same in words that follow `expected`. */
  readonly name: string;
  /** `unmet` is what did not come. */
  readonly outcome: "passed" | "failed" | "unmet";
  /** When it was decided, counted from the opening of the connection. */
  readonly afterMs?: number | undefined;
  /** From the last message sent before, or from the opening, to the message that met it. */
  readonly latencyMs?: number | undefined;
  /** What came, in words; it may quote the peer. */
  readonly got?: string | undefined;
}

export type CheckKind =
  "subprotocol" | "expect" | "reject" | "count" | "until" | "latency" | "close";

/** A message that meets a pattern. */
export interface Meeting {
  readonly afterMs: number;
  readonly latencyMs: number;
  /** In a few words. */
  readonly got: string;
}

/** What has come so far. */
export interface Progress {
  readonly hasOpened: boolean;
  readonly received: number;
  /** Messages that met nothing, and the latest of them in a few words. */
  readonly others: { readonly count: number; readonly last: readonly string[] };
  /** For each pattern that is expected, what met it. */
  readonly met: readonly (Meeting | undefined)[];
  /** What ended the test. */
  readonly stop?: Meeting | undefined;
  readonly slowest?: Meeting | undefined;
  readonly rejected?: (Meeting & { readonly by: Pattern }) | undefined;
  /** What the server chose: the first choice that is wrong, else the last. */
  readonly agreed?:
    { readonly subprotocol: string | undefined; readonly afterMs: number } | undefined;
  /** The last close. */
  readonly close?: { readonly event: CloseEvent; readonly afterMs: number } | undefined;
}

type Options = ExpectationOptions;

export function isTooSlow({ maxLatencyMs = Infinity }: Options, { slowest }: Progress): boolean {
  return slowest !== undefined && slowest.latencyMs > maxLatencyMs;
}

export function hasWrongSubprotocol({ subprotocol }: Options, { agreed }: Progress): boolean {
  return subprotocol !== undefined && agreed !== undefined && agreed.subprotocol !== subprotocol;
}

/** Whether the peer closed as it was to; a code of ours that it never answered says nothing of it. */
export function hasRightClose({ closeCode }: Options, { close }: Progress): boolean {
  if (!close || close.event.code !== closeCode) return false;
  return close.event.initiator === "peer" || close.event.clean;
}

/** Everything that was to be, as it stands: in the order of a conversation. */
export function checksOf(options: Options, progress: Progress): readonly Check[] {
  const { expect, reject } = options;
  return [
    ...subprotocolCheck(options, progress),
    ...expect.map((pattern, index) => expectedCheck(pattern, progress.met[index], progress)),
    ...reject.map((pattern) => rejectedCheck(pattern, progress)),
    ...stopCheck(options, progress),
    ...latencyCheck(options, progress),
    ...closeCheck(options, progress),
  ];
}

function subprotocolCheck(options: Options, progress: Progress): Check[] {
  const { subprotocol } = options;
  if (subprotocol === undefined) return [];
  const name = `subprotocol ${subprotocol}`;
  const check = { kind: "subprotocol", wanted: subprotocol, name } as const;
  const { agreed } = progress;
  if (!agreed) return [{ ...check, outcome: "unmet", got: "the connection did not open" }];
  const outcome = hasWrongSubprotocol(options, progress) ? "failed" : "passed";
  const got = `the server chose ${agreed.subprotocol ?? "none"}`;
  return [{ ...check, outcome, afterMs: agreed.afterMs, got }];
}

function expectedCheck(pattern: Pattern, meeting: Meeting | undefined, progress: Progress): Check {
  const check = { kind: "expect", wanted: pattern.text, name: pattern.shown } as const;
  if (meeting) return { ...check, outcome: "passed", ...meeting };
  return { ...check, outcome: "unmet", got: othersInWords(progress) };
}

function rejectedCheck(pattern: Pattern, { rejected, hasOpened }: Progress): Check {
  const check = { kind: "reject", wanted: pattern.text, name: `no ${pattern.shown}` } as const;
  if (rejected?.by === pattern) {
    const { afterMs, got } = rejected;
    return { ...check, outcome: "failed", afterMs, got: `${got} came` };
  }
  if (hasOpened) return { ...check, outcome: "passed" };
  return { ...check, outcome: "unmet", got: "the connection did not open" };
}

function stopCheck({ count, until }: Options, progress: Progress): Check[] {
  if (until) return [{ ...expectedCheck(until, progress.stop, progress), kind: "until" }];
  if (count === undefined) return [];
  const got = `${progress.received === 0 ? "none" : progress.received} came`;
  const check = {
    kind: "count",
    wanted: String(count),
    name: messagesInWords(count),
    got,
  } as const;
  const { stop } = progress;
  if (!stop) return [{ ...check, outcome: "unmet" }];
  return [{ ...check, outcome: "passed", afterMs: stop.afterMs }];
}

function latencyCheck(options: Options, progress: Progress): Check[] {
  const { maxLatencyMs } = options;
  if (maxLatencyMs === undefined) return [];
  const name = `each answer within ${maxLatencyMs} ms`;
  const check = { kind: "latency", wanted: String(maxLatencyMs), name } as const;
  if (!progress.slowest) return [{ ...check, outcome: "unmet", got: "no answer came" }];
  const { afterMs, latencyMs, got } = progress.slowest;
  const took = `${got} took ${Number(latencyMs.toPrecision(3))} ms`;
  const outcome = isTooSlow(options, progress) ? "failed" : "passed";
  return [{ ...check, outcome, afterMs, latencyMs, got: took }];
}

function closeCheck(options: Options, progress: Progress): Check[] {
  const { closeCode } = options;
  if (closeCode === undefined) return [];
  const name = `close ${codeInWords(closeCode)}`;
  const check = { kind: "close", wanted: String(closeCode), name } as const;
  const { close } = progress;
  if (!close) return [{ ...check, outcome: "unmet", got: "no close came" }];
  const outcome = hasRightClose(options, progress) ? "passed" : "failed";
  return [{ ...check, outcome, afterMs: close.afterMs, got: closeInWords(close.event) }];
}

function othersInWords({ others, received }: Progress): string {
  const last = others.last.at(-1);
  if (last === undefined) return received === 0 ? "nothing came" : "nothing else came";
  if (others.count === 1) return `1 other message came: ${last}`;
  return `${others.count} other messages came, the last ${last}`;
}

export function messagesInWords(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}

function codeInWords(code: number): string {
  return `${code} ${describeCloseCode(code).name}`;
}

/** How a connection was closed, as a sentence. */
export function closeInWords({ code, reason, initiator, clean }: CloseEvent): string {
  if (code === CloseCode.abnormal) return "the connection ended without a Close frame (1006)";
  const told = `${codeInWords(code)}${reason === "" ? "" : ` ${quote(reason)}`}`;
  if (initiator === "peer") return `the peer closed with ${told}`;
  return clean ? `we closed, and the peer answered ${told}` : `we closed with ${told}, unanswered`;
}
