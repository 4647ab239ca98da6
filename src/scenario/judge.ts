import { FramecatError } from "../errors.ts";
import { type Check, closeInWords, messagesInWords } from "./checks.ts";
import type { Expectations } from "./expectations.ts";

export interface RunEnd {
  /** The overall time limit, where that is what ended the run. */
  readonly timedOutAfterMs?: number | undefined;
}

/**
 * What is to be said in the end of a run: the first thing that went wrong, else the first that did not
 * come (`expectation`); that time ran out where nothing was checked (`time-limit`); or nothing. Checks
 * that all hold when time runs out have passed: what must not come has not.
 */
export function judge(expectations: Expectations, end: RunEnd = {}): FramecatError | undefined {
  const { checks } = expectations;
  const failed = checks.find(({ outcome }) => outcome === "failed");
  if (failed) return missed(failed.name, failed);
  const unmet = checks.find(({ outcome }) => outcome === "unmet");
  if (unmet) return missed(`${placeOf(unmet, checks)} ${whenOf(unmet, expectations, end)}`, unmet);
  const { timedOutAfterMs } = end;
  if (timedOutAfterMs === undefined || checks.length > 0) return undefined;
  return new FramecatError(
    "time-limit",
    `the time limit of ${duration(timedOutAfterMs)} has passed`,
  );
}

function missed(what: string, { got = "" }: Check): FramecatError {
  return new FramecatError("expectation", `expected ${what}; ${got}`);
}

/** `"b" (2 of 3)` */
function placeOf(check: Check, checks: readonly Check[]): string {
  const alike = checks.filter(({ kind }) => kind === check.kind);
  if (alike.length === 1) return check.name;
  return `${check.name} (${alike.indexOf(check) + 1} of ${alike.length})`;
}

/** By when it was to be: what ended the wait for it. */
function whenOf(check: Check, expectations: Expectations, { timedOutAfterMs }: RunEnd): string {
  const { progress, options } = expectations;
  if (progress.stop && check.kind === "expect") {
    const { until } = options;
    return until ? `before ${until.shown}` : `within ${messagesInWords(progress.received)}`;
  }
  if (timedOutAfterMs !== undefined) return `within ${duration(timedOutAfterMs)}`;
  if (!progress.close) return "before the end";
  return `before ${closeInWords(progress.close.event)}`;
}

function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
