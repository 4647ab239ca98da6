import { usageError } from "../errors.ts";
import { parseCount, parseDurationMs, parseRate, parseSize } from "../units.ts";
import { type Figure, figureNamed, FIGURE_NAMES } from "./figures.ts";
import { decodeHistogram } from "./histogram.ts";
import {
  type AssertionResult,
  type BenchResult,
  HISTOGRAM_NAMES,
  type HistogramName,
} from "./result.ts";

/**
 * Objectives of a run, such as `p99<50ms`: what was measured, an operator and a bound.
 *
 * 1. Latencies: `p50`, `p99.9` or any percentile, `min`, `max`, `mean`, `stddev`, of `latency` or of
 *    what is named before it, as in `handshake.p99`. The bound is a duration with its unit.
 * 2. Figures, which figures.ts defines: counts, of which some also have a share (`errors<0.1%`), and
 *    rates per second (`rate>10000`, `rate>=600/m`).
 * 3. What was not measured holds no objective, whatever the operator.
 */
export interface Assertion {
  /** As it was written. */
  readonly expression: string;
  readonly subject: Subject;
  readonly operator: Operator;
  /** In `unit`. */
  readonly bound: number;
  readonly unit: AssertionResult["unit"];
}

type Subject =
  | { readonly kind: "figure"; readonly name: string }
  | { readonly kind: "latency"; readonly of: HistogramName; readonly statistic: Statistic };

/** A number is a percentile, from 0 to 100. */
type Statistic = number | (typeof STATISTICS)[number];

const STATISTICS = ["min", "max", "mean", "stddev"] as const;

const OPERATORS = {
  "<": (actual: number, bound: number) => actual < bound,
  "<=": (actual: number, bound: number) => actual <= bound,
  ">": (actual: number, bound: number) => actual > bound,
  ">=": (actual: number, bound: number) => actual >= bound,
  "==": (actual: number, bound: number) => actual === bound,
  "!=": (actual: number, bound: number) => actual !== bound,
} as const;
type Operator = keyof typeof OPERATORS;

/** Name, operator, bound; the operator is as long as it can be. */
const FORM = /^([^<>=!]*)([<>=!]+)([^<>=!]*)$/;
const PERCENTILE = /^p(\d+(?:\.\d+)?)$/;
const PERCENT = /^(\d+(?:\.\d+)?) ?%$/;

/** @throws FramecatError (usage) naming `flag` */
export function parseAssertion(text: string, flag = "--assert"): Assertion {
  const where = `${flag} ${JSON.stringify(text)}`;
  const [, name = "", operator = "", boundText = ""] = FORM.exec(text) ?? [];
  if (!isOperator(operator)) {
    const wanted = `${where} needs one of the operators ${Object.keys(OPERATORS).join(" ")}`;
    throw usageError(wanted, "Such as p99<50ms, errors<0.1% or connected==1000.");
  }
  const subject = parseSubject(name.trim(), where);
  const bound = parseBound(boundText.trim(), subject, `the bound in ${where}`);
  return { expression: text.trim(), subject, operator, ...bound };
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(OPERATORS, text);
}

function parseSubject(name: string, where: string): Subject {
  if (figureNamed(name)) return { kind: "figure", name };
  const dot = /^[a-z]+\./.exec(name)?.[0].length ?? 0;
  const of =
    dot === 0 ? "latency" : HISTOGRAM_NAMES.find((known) => `${known}.` === name.slice(0, dot));
  const statistic = parseStatistic(name.slice(dot));
  if (of !== undefined && statistic !== undefined) return { kind: "latency", of, statistic };
  throw usageError(
    `${where}: nothing is measured by the name ${JSON.stringify(name)}`,
    `There are p50, p99.9 and other percentiles, ${STATISTICS.join(", ")}, ` +
      `each also of one of ${HISTOGRAM_NAMES.join(", ")} (handshake.p99); and ${FIGURE_NAMES.join(", ")}.`,
  );
}

function parseStatistic(text: string): Statistic | undefined {
  const percentile = Number(PERCENTILE.exec(text)?.[1] ?? Number.NaN);
  return percentile <= 100 ? percentile : STATISTICS.find((known) => known === text);
}

function parseBound(
  text: string,
  subject: Subject,
  flag: string,
): Pick<Assertion, "bound" | "unit"> {
  const figure = subject.kind === "figure" ? figureNamed(subject.name) : undefined;
  if (!figure) return { bound: parseDurationMs(text, flag), unit: "ms" };
  if (text.endsWith("%")) return { bound: parsePercent(text, figure, flag), unit: "percent" };
  return { bound: BOUNDS[figure.unit](text, flag), unit: figure.unit };
}

const BOUNDS: Readonly<Record<Figure["unit"], (text: string, flag: string) => number>> = {
  count: (text, flag) => parseCount(text, flag, 0),
  bytes: parseSize,
  "per-second": (text, flag) => parseRate(/^[\d._]+$/.test(text) ? `${text}/s` : text, flag),
};

function parsePercent(text: string, figure: Figure, flag: string): number {
  const percent = Number(PERCENT.exec(text)?.[1] ?? Number.NaN);
  if (!figure.whole) throw usageError(`${flag} must not be a share: there is no whole for it`);
  if (percent <= 100) return percent;
  throw usageError(`${flag} must be a share from 0% to 100%, not ${JSON.stringify(text)}`);
}

/** Judges a run; `actual` is absent, and the objective missed, where nothing was measured. */
export function judgeAssertion(assertion: Assertion, result: BenchResult): AssertionResult {
  const { expression, operator, bound, unit } = assertion;
  const actual = measured(assertion, result);
  if (actual === undefined) return { expression, passed: false, bound, unit };
  return { expression, passed: OPERATORS[operator](actual, bound), actual, bound, unit };
}

function measured({ subject, unit }: Assertion, result: BenchResult): number | undefined {
  if (subject.kind === "latency") return latencyOf(subject, result);
  const figure = figureNamed(subject.name);
  const value = figure?.value(result);
  if (unit !== "percent" || value === undefined) return value;
  const whole = figure?.whole?.(result);
  return whole === undefined || whole === 0 ? undefined : (value / whole) * 100;
}

function latencyOf(
  { of, statistic }: Extract<Subject, { kind: "latency" }>,
  { histograms }: BenchResult,
): number | undefined {
  const numbers = histograms[of];
  if (!numbers || numbers.count === 0) return undefined;
  if (typeof statistic === "string") return numbers[statistic];
  // A percentile is the upper end of its bucket, which may lie above the greatest value.
  const percentile = decodeHistogram(numbers.encoded).getValueAtPercentile(statistic) / 1e6;
  return Math.min(numbers.max, percentile);
}
