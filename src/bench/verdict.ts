import { EXIT_CODES, EXIT_DEFECT, EXIT_DONE, type FailureCode } from "../errors.ts";
import type { Signal } from "../io.ts";
import { mergeFailures } from "./failures.ts";
import type { AssertionResult, BenchResult } from "./result.ts";

/** The exit code that a run deserves, and why. */
export interface Verdict {
  readonly exitCode: number;
  /** Absent where nothing failed, and where a signal ended the run. */
  readonly reason?: {
    readonly message: string;
    readonly hint?: string | undefined;
    /** Absent for a failure of our own. */
    readonly code?: FailureCode;
  };
}

/**
 * Judges a run, by the first of these that applies:
 *
 * 1. A signal ended it: 130 or 143.
 * 2. Our own part failed – a worker died, or sums do not agree: 1.
 * 3. No socket opened at all: the code of the most frequent reason.
 * 4. Assertions were given: 31 where one failed, else 0. They say what counts as a failure.
 * 5. Sockets did not open, or did not stay: the code of the most frequent reason.
 * 6. Messages were not answered, not in time or wrongly, on sockets that stayed open, or messages
 *    that were to be received were not: 30.
 * 7. Nothing failed: 0.
 */
export function judge(result: BenchResult, signal?: Signal): Verdict {
  if (signal) return { exitCode: EXIT_CODES[signal === "SIGINT" ? "interrupted" : "terminated"] };
  const done = { exitCode: EXIT_DONE };
  return judgeOurselves(result) ?? judgeRun(result) ?? done;
}

function judgeRun(result: BenchResult): Verdict | undefined {
  const noneOpened = result.sockets.opened === 0 ? judgeSockets(result) : undefined;
  if (noneOpened) return noneOpened;
  if (result.assertions.length > 0) return judgeAssertions(result);
  return judgeSockets(result) ?? judgeReplies(result) ?? judgeStream(result);
}

function judgeOurselves({ client, discrepancies }: BenchResult): Verdict | undefined {
  const [death] = client.deaths;
  const [sum] = discrepancies;
  if (death !== undefined) {
    const message = `${client.deaths.length} of ${client.workers} workers died: ${death}`;
    const hint = "What it told until shortly before is in the report.";
    return { exitCode: EXIT_DEFECT, reason: { message, hint } };
  }
  if (sum === undefined) return undefined;
  return { exitCode: EXIT_DEFECT, reason: { message: `the counts do not agree: ${sum}` } };
}

function judgeSockets({ refusals, breaks, sockets }: BenchResult): Verdict | undefined {
  const all = mergeFailures([refusals, breaks]);
  const [worst] = all;
  if (!worst) return undefined;
  const { code, hint } = worst;
  const failed = all.reduce((sum, { count }) => sum + count, 0);
  const share = sockets.opened === 0 ? "" : `${failed} of ${sockets.attempted} sockets failed: `;
  const message = `${share}${worst.message}`;
  return { exitCode: EXIT_CODES[code], reason: { code, message, hint } };
}

const ANSWERS = "Does the server answer each message?";

function judgeReplies({ messages, settings, ending }: BenchResult): Verdict | undefined {
  const { inFlight, wrong, lost, sent } = messages;
  // What was in flight when a signal ended the run did not fail.
  if (inFlight > 0 && ending !== "interrupted") {
    const late = `${inFlight} of ${sent} messages were not answered within ${settings.drainMs} ms`;
    return unmet(late, ANSWERS);
  }
  if (wrong > 0) return unmet(`${wrong} of ${sent} replies were not what was asked for`);
  // Handshakes that were lost are sockets that failed.
  if (lost === 0 || settings.measure === "connect") return undefined;
  return unmet(`${lost} of ${sent} messages were lost`, ANSWERS);
}

function judgeStream({ stream }: BenchResult): Verdict | undefined {
  if (!stream || stream.missing === 0) return undefined;
  return unmet(`${stream.missing} of ${stream.expected} messages were not received`);
}

function unmet(message: string, hint?: string): Verdict {
  return { exitCode: EXIT_CODES.expectation, reason: { code: "expectation", message, hint } };
}

/** Undefined where all objectives held, or there are none. */
export function judgeAssertions({ assertions }: BenchResult): Verdict | undefined {
  const failed = assertions.filter(({ passed }) => !passed);
  if (failed.length === 0) return undefined;
  const message = `${failed.length} of ${assertions.length} ${assertions.length === 1 ? "assertion" : "assertions"} failed: ${failed.map(missed).join(", ")}`;
  return { exitCode: EXIT_CODES.threshold, reason: { code: "threshold", message } };
}

function missed({ expression, actual, unit }: AssertionResult): string {
  if (actual === undefined) return `${expression} (nothing was measured)`;
  const whole = unit === "count" || unit === "bytes";
  return `${expression} (it is ${whole ? actual : Number(actual.toPrecision(4))}${UNITS[unit]})`;
}

const UNITS: Readonly<Record<AssertionResult["unit"], string>> = {
  ms: " ms",
  percent: " %",
  "per-second": "/s",
  count: "",
  bytes: " B",
};
