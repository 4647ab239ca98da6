import { answersPerSecond } from "./answer-rate.ts";
import { type Figures, type Sample, sampleOf } from "./bootstrap.ts";
import { attemptsOf, errorsOf } from "./figures.ts";
import { decodeHistogram } from "./histogram.ts";
import type { BenchResult, HistogramName } from "./result.ts";
import { type Difference, settingDifferences } from "./setting-differences.ts";
import { widening } from "./student.ts";

/**
 * Compares a run with an earlier one.
 *
 * 1. Every row has a ratio, the new value by the base's, both as the runs' own reports tell them.
 * 2. Around it is an interval, in which the ratio lies with the given confidence as far as the seconds
 *    of each run tell: the counted intervals of both are drawn anew (see bootstrap.ts), and the ratios
 *    of the draws are spread around that of the runs. As a few intervals scatter less than what they
 *    are drawn from, the spread is widened, as Student's t is against the normal distribution.
 * 3. What differs from run to run and not from second to second – where memory came to lie, which code
 *    was compiled, who else was on the machine – is not in it. Repeat runs to know that.
 * 4. A difference is real where the interval leaves out 1. It is a regression where it is real, for
 *    the worse, and the ratio is beyond the tolerance. Of twenty rows without any difference one is
 *    called real at a confidence of 95 %: hence the tolerance.
 * 5. With fewer than `MIN_INTERVALS` counted intervals in one of the runs nothing can be told, nor of
 *    what is counted once in a run: handshakes and CPU; nor of the greatest value, which rests on a
 *    single message. There the ratio stands without an interval.
 */
export interface Comparison {
  readonly base: ComparedRun;
  readonly current: ComparedRun;
  readonly tolerance: number;
  readonly confidence: number;
  readonly resamples: number;
  readonly rows: readonly ComparisonRow[];
  /** Settings in which the two differ, so that they may not be comparable. */
  readonly differences: readonly Difference[];
  /** What else there is to know before the ratios are believed. */
  readonly warnings: readonly string[];
  /** `unknown` where no row can tell. */
  readonly verdict: "regression" | "no-regression" | "unknown";
}

export interface ComparedRun {
  readonly url: string;
  readonly startedAt: string;
  readonly countedIntervals: number;
  /** Neighbours that were drawn together; 1 where they do not go together. */
  readonly blockLength: number;
}

export interface ComparisonRow {
  /** Such as `throughput`, `latency p99`, `client CPU`. */
  readonly name: string;
  readonly unit: "per-second" | "ms" | "us";
  readonly better: "lower" | "higher";
  readonly base: number;
  readonly current: number;
  /** `current` by `base`. */
  readonly ratio: number;
  /** Absent where nothing tells how far chance goes. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** `same`: no difference beyond chance. */
  readonly verdict: "better" | "worse" | "same" | "unknown";
  readonly regression: boolean;
}

export interface CompareOptions {
  /** What may get worse, as a share: 0.05. */
  readonly tolerance: number;
  /** 0.95 for intervals that hold the true ratio 95 times in 100. */
  readonly confidence: number;
  readonly resamples: number;
  /** Uniform, from 0 to below 1. */
  readonly random: () => number;
}

export const MIN_INTERVALS = 5;
const PERCENTILES = [50, 90, 99, 99.9] as const;

export function compareResults(
  base: BenchResult,
  current: BenchResult,
  options: CompareOptions,
): Comparison {
  const { tolerance, confidence, resamples } = options;
  const samples = { base: sampleRun(base), current: sampleRun(current) };
  const spreads = spreadsOf(samples.base, samples.current, options);
  const rows = valuesOf(base, current).map((value) => judge(value, spreads, tolerance));
  const told = rows.some(({ verdict }) => verdict !== "unknown");
  const regressed = rows.some(({ regression }) => regression);
  return {
    base: runOf(base, samples.base),
    current: runOf(current, samples.current),
    tolerance,
    confidence,
    resamples,
    rows,
    differences: settingDifferences(base, current),
    warnings: [
      ...warningsOf("base", base),
      ...warningsOf("new run", current),
      ...moreErrors(base, current),
    ],
    verdict: regressed ? "regression" : told ? "no-regression" : "unknown",
  };
}

function counted({ intervals }: BenchResult): BenchResult["intervals"] {
  return intervals.filter((interval) => interval.counted);
}

/** Undefined where a run has too few intervals. */
function sampleRun(result: BenchResult): Sample | undefined {
  const intervals = counted(result);
  if (intervals.length < MIN_INTERVALS) return undefined;
  return sampleOf(intervals, result.settings.measure, PERCENTILES);
}

function runOf(result: BenchResult, sample: Sample | undefined): ComparedRun {
  const { url, startedAt } = result;
  const countedIntervals = counted(result).length;
  return { url, startedAt, countedIntervals, blockLength: sample?.blockLength ?? 1 };
}

type Value = Omit<ComparisonRow, "ratio" | "interval" | "verdict" | "regression"> & {
  /** What the figure is called in a sample. */
  readonly figure?: string;
};
type Spread = Readonly<NonNullable<ComparisonRow["interval"]>>;

/** What both runs have, side by side. */
function valuesOf(base: BenchResult, current: BenchResult): Value[] {
  const name = base.settings.measure === "push" ? "gap" : "latency";
  const pair = (
    row: Omit<Value, "base" | "current">,
    of: (result: BenchResult) => number | undefined,
  ): Value[] => {
    const [before, now] = [of(base), of(current)];
    return before === undefined || now === undefined || !(before > 0)
      ? []
      : [{ ...row, base: before, current: now }];
  };
  const time = (of: HistogramName, what: string, figure?: string) =>
    pair(
      {
        name: `${of} ${what}`,
        unit: "ms",
        better: "lower",
        ...(figure !== undefined && { figure }),
      },
      (result) => timeOf(result, of, what),
    );
  return [
    ...pair(
      { name: "throughput", unit: "per-second", better: "higher", figure: "throughput" },
      answersPerSecond,
    ),
    ...[...PERCENTILES.map((p) => `p${p}`), "mean"].flatMap((what) => time(name, what, what)),
    ...time(name, "max"),
    ...["p50", "p99"].flatMap((what) => time("handshake", what)),
    ...pair({ name: "client CPU", unit: "us", better: "lower" }, clientCpuUs),
    ...pair(
      { name: "server CPU", unit: "us", better: "lower" },
      ({ server }) => server?.cpuUsPerMessage,
    ),
  ];
}

function timeOf({ histograms }: BenchResult, of: HistogramName, what: string): number | undefined {
  const numbers = histograms[of];
  if (!numbers) return undefined;
  if (what === "max" || what === "mean") return numbers[what];
  return decodeHistogram(numbers.encoded).getValueAtPercentile(Number(what.slice(1))) / 1e6;
}

function clientCpuUs({ client, messages, stream }: BenchResult): number | undefined {
  const handled = messages.answered + (stream?.received ?? 0);
  return handled > 0 ? (client.cpuMs * 1000) / handled : undefined;
}

/** How far chance takes each figure's ratio from what it is, as factors. */
function spreadsOf(
  base: Sample | undefined,
  current: Sample | undefined,
  { confidence, resamples, random }: CompareOptions,
): ReadonlyMap<string, Spread> {
  if (!base || !current) return new Map();
  const ratios = new Map<string, number[]>();
  for (let i = 0; i < resamples; i++) {
    const before = base.figures(base.draw(random));
    const now = current.figures(current.draw(random));
    for (const [name, value] of before) {
      const drawn = ratios.get(name) ?? [];
      drawn.push((now.get(name) ?? Number.NaN) / value);
      ratios.set(name, drawn);
    }
  }
  const whole = ratiosOf(base.figures(base.all), current.figures(current.all));
  const wider = widening(Math.min(base.blocks, current.blocks), confidence);
  const spreads = [...ratios].flatMap(([name, drawn]): [string, Spread][] => {
    const spread = spreadOf(drawn, whole.get(name) ?? Number.NaN, confidence, wider);
    return spread ? [[name, spread]] : [];
  });
  return new Map(spreads);
}

function ratiosOf(base: Figures, current: Figures): Figures {
  return new Map(
    [...base].map(([name, value]) => [name, (current.get(name) ?? Number.NaN) / value]),
  );
}

/** Undefined where too many draws have no ratio: nothing was answered in most intervals. */
function spreadOf(
  drawn: readonly number[],
  whole: number,
  confidence: number,
  wider: number,
): Spread | undefined {
  if (!Number.isFinite(whole)) return undefined;
  // Nothing is left in any draw.
  if (whole === 0) return { low: 1, high: 1 };
  const tail = (1 - confidence) / 2;
  const finite = drawn.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (finite.length < drawn.length * (1 - tail)) return undefined;
  const at = (share: number) => finite[Math.round(share * (finite.length - 1))] ?? whole;
  return { low: (at(tail) / whole) ** wider, high: (at(1 - tail) / whole) ** wider };
}

function judge(
  { figure, ...value }: Value,
  spreads: ReadonlyMap<string, Spread>,
  tolerance: number,
): ComparisonRow {
  const ratio = value.current / value.base;
  const spread = figure === undefined ? undefined : spreads.get(figure);
  if (!spread) return { ...value, ratio, verdict: "unknown", regression: false };
  const interval = { low: ratio * spread.low, high: ratio * spread.high };
  const real = interval.low > 1 || interval.high < 1;
  const worse = value.better === "lower" ? ratio > 1 : ratio < 1;
  const beyond = value.better === "lower" ? ratio > 1 + tolerance : ratio < 1 - tolerance;
  const verdict = real ? (worse ? "worse" : "better") : "same";
  return { ...value, ratio, interval, verdict, regression: real && beyond };
}

function warningsOf(name: string, result: BenchResult): string[] {
  const intervals = counted(result).length;
  return [
    ...(intervals < MIN_INTERVALS
      ? [
          `the ${name} has ${intervals} counted intervals, fewer than ${MIN_INTERVALS}: too few to tell chance`,
        ]
      : []),
    ...(result.ending === "completed" ? [] : [`the ${name} ended early: ${result.ending}`]),
    ...result.client.limits.map((limit) => `the ${name}: ${limit}`),
  ];
}

/** A server that refuses half of what it is asked for may be quick with the rest. */
function moreErrors(base: BenchResult, current: BenchResult): string[] {
  const [before, now] = [base, current].map(
    (result) => errorsOf(result) / Math.max(1, attemptsOf(result)),
  ) as [number, number];
  if (now <= before) return [];
  const percent = (share: number) => `${(share * 100).toPrecision(2)} %`;
  return [
    `more failed in the new run: ${percent(now)} of all attempts, ${percent(before)} in the base`,
  ];
}
