import type { FailureCount } from "../bench/failures.ts";
import type { AssertionResult, BenchResult } from "../bench/result.ts";
import type { Verdict } from "../bench/verdict.ts";
import { EXIT_DONE } from "../errors.ts";
import { formatCount } from "./format.ts";
import { type JunitCase, type JunitFailure, junitXml } from "./junit.ts";

/** A run as JUnit XML: a case for the run itself, and one for each assertion. */
export function benchJunit(result: BenchResult, verdict: Verdict): string {
  const { assertions, startedAt, settings } = result;
  const seconds = durationMs(result) / 1000;
  const classname = `framecat.bench.${settings.measure}`;
  return junitXml({
    name: "framecat bench",
    timestamp: startedAt,
    seconds,
    properties: propertiesOf(result),
    cases: [
      { name: "run", classname, seconds, failure: runFailure(result, verdict) },
      ...assertions.map((assertion) => assertionCase(assertion, classname)),
    ],
  });
}

function durationMs({ intervals }: BenchResult): number {
  return (intervals.at(-1)?.endMs ?? 0) - (intervals[0]?.startMs ?? 0);
}

function propertiesOf({ url, embedded, settings, ending }: BenchResult): Record<string, string> {
  const { measure, load, connections, message } = settings;
  return {
    url: embedded ? "embedded server" : url,
    measure,
    model: load.model,
    connections: String(connections),
    message,
    ending,
  };
}

/** What an assertion says of itself is not the run's failure too. */
function runFailure(result: BenchResult, verdict: Verdict): JunitFailure | undefined {
  const { exitCode, reason } = verdict;
  const missed = result.assertions.some(({ passed }) => !passed);
  if (exitCode === EXIT_DONE || (missed && reason?.code === "threshold")) return undefined;
  const message = `${reason?.message ?? "a signal ended the run"} (exit ${exitCode})`;
  const hint = reason?.hint === undefined ? [] : [reason.hint];
  return { message, text: [message, ...hint, ...detailLines(result)].join("\n") };
}

function detailLines({ refusals, breaks, client, discrepancies }: BenchResult): string[] {
  return [
    ...failureLines("did not open", refusals),
    ...failureLines("broke off", breaks),
    ...client.deaths.map((how) => `worker died: ${how}`),
    ...discrepancies.map((text) => `miscounted: ${text}`),
  ];
}

function failureLines(what: string, failures: readonly FailureCount[]): string[] {
  return failures.map(({ count, message }) => `${what}: ${formatCount(count)} × ${message}`);
}

/** Judging takes no time; what was judged is the time of the run. */
function assertionCase(assertion: AssertionResult, classname: string): JunitCase {
  const { expression, passed } = assertion;
  const message = `${expression} does not hold: ${measuredText(assertion)}`;
  const failure = passed ? undefined : { message, text: message };
  return { name: expression, classname, seconds: 0, failure };
}

const UNITS: Readonly<Record<AssertionResult["unit"], string>> = {
  ms: " ms",
  percent: " %",
  "per-second": "/s",
  count: "",
  bytes: " B",
};

/** What was measured, and by how much it missed the bound. */
function measuredText({ actual, bound, unit }: AssertionResult): string {
  if (actual === undefined) return "nothing was measured";
  // What is counted is told exactly; what is timed has no more digits than these.
  const whole = unit === "count" || unit === "bytes";
  const figure = (value: number) => `${whole ? value : Number(value.toPrecision(4))}${UNITS[unit]}`;
  if (actual === bound) return `measured ${figure(actual)}, the bound itself`;
  const side = actual > bound ? "above" : "below";
  return `measured ${figure(actual)}, ${figure(Math.abs(actual - bound))} ${side} the bound`;
}
