import { EXIT_CODES, EXIT_DEFECT, EXIT_DONE, type FailureCode } from "../errors.ts";
import type { Signal } from "../io.ts";
import { mergeFailures } from "./failures.ts";
import type { BenchSummary } from "./summary.ts";

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
 * 3. Sockets did not open, or did not stay: the code of the most frequent reason.
 * 4. Messages were not answered in time, on sockets that stayed open: 30.
 * 5. Nothing failed: 0.
 */
export function judge(summary: BenchSummary, signal?: Signal): Verdict {
  if (signal) return { exitCode: EXIT_CODES[signal === "SIGINT" ? "interrupted" : "terminated"] };
  return (
    judgeOurselves(summary) ??
    judgeSockets(summary) ??
    judgeReplies(summary) ?? { exitCode: EXIT_DONE }
  );
}

function judgeOurselves({ client, discrepancies }: BenchSummary): Verdict | undefined {
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

function judgeSockets({ refusals, breaks, sockets }: BenchSummary): Verdict | undefined {
  const all = mergeFailures([refusals, breaks]);
  const [worst] = all;
  if (!worst) return undefined;
  const { code, hint } = worst;
  const failed = all.reduce((sum, { count }) => sum + count, 0);
  const share = sockets.opened === 0 ? "" : `${failed} of ${sockets.attempted} sockets failed: `;
  const message = `${share}${worst.message}`;
  return { exitCode: EXIT_CODES[code], reason: { code, message, hint } };
}

function judgeReplies({ messages, drainMs }: BenchSummary): Verdict | undefined {
  const { inFlight, sent } = messages;
  if (inFlight === 0) return undefined;
  const message = `${inFlight} of ${sent} messages were not answered within ${drainMs} ms`;
  const hint = "Does the server echo each message?";
  return { exitCode: EXIT_CODES.expectation, reason: { code: "expectation", message, hint } };
}
