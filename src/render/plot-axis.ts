import { formatCount } from "./format.ts";

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** What a plot shows along one side: values from `from` to `to`, and those that are named. */
export interface PlotAxis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly Tick[];
  /** Equal factors are equal distances; `from` is above 0 then. */
  readonly log?: boolean;
}

type Format = (value: number) => string;

/** Where a value lies on an axis, as a share (0–1) of its length; beyond the ends: at them. */
export function positionOn({ from, to, log }: PlotAxis, value: number): number {
  const scale = log ? Math.log : (number: number) => number;
  const length = scale(to) - scale(from);
  if (!(length > 0)) return 0;
  const share = (scale(value) - scale(from)) / length;
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}

/** From the round number at or below `min` to the one at or above `max`; at most `ticks` steps. */
export function linearAxis(min: number, max: number, ticks: number, format: Format): PlotAxis {
  // What differs by less than a billionth is the same.
  const spread = max - min > max * 1e-9 ? max - min : max;
  const step = roundStep(spread / Math.max(1, ticks - 1));
  const first = Math.floor(min / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(max / step - 1e-9));
  const steps = Array.from({ length: last - first + 1 }, (_, i) => trim((first + i) * step));
  return {
    from: trim(first * step),
    to: trim(last * step),
    ticks: steps.map((at) => ({ at, label: format(at) })),
  };
}

/** As a linear axis, on a logarithmic scale. `min` is above 0. */
export function logAxis(min: number, max: number, ticks: number, format: Format): PlotAxis {
  const ends = roundNumbers([1, 2, 5], min, max);
  const [from = min, to = max] = [ends[0], ends.at(-1)];
  const candidates = [
    ends,
    roundNumbers([1, 3], from, to),
    thin(roundNumbers([1], from, to), ticks),
  ];
  const inside = candidates.map((list) => list.filter((value) => value >= from && value <= to));
  const chosen = inside.find((list) => list.length <= ticks) ?? inside.at(-1) ?? [];
  return { from, to, log: true, ticks: chosen.map((at) => ({ at, label: format(at) })) };
}

/** From this ratio of the largest to the smallest value on, the small ones need a logarithmic scale. */
const WIDE_RATIO = 10;

/** For values that may span several orders of magnitude. */
export function fittingAxis(values: readonly number[], ticks: number, format: Format): PlotAxis {
  const positive = values.filter((value) => value > 0);
  const max = positive.reduce((most, value) => Math.max(most, value), 0);
  const min = positive.reduce((least, value) => Math.min(least, value), max);
  return max > min * WIDE_RATIO
    ? logAxis(min, max, ticks, format)
    : linearAxis(0, max, ticks, format);
}

/** Steps in which people count time, in s. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200];
const DAY = 86_400;

/** A span of time with at most about so many ticks, at whole seconds, minutes or hours. */
export function timeAxis(fromMs: number, toMs: number, ticks: number): PlotAxis {
  const wanted = (toMs - fromMs) / 1000 / Math.max(1, ticks);
  const whole = TIME_STEPS.find((one) => one >= wanted) ?? DAY * Math.ceil(wanted / DAY);
  const step = wanted < 0.5 ? roundStep(wanted) : whole;
  const first = Math.ceil(fromMs / 1000 / step - 1e-9);
  const last = Math.floor(toMs / 1000 / step + 1e-9);
  const marks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    trim((first + i) * step),
  );
  return {
    from: fromMs,
    to: toMs,
    ticks: marks.map((at) => ({ at: at * 1000, label: timeLabel(at, step) })),
  };
}

/** Ticks of one axis are in one unit, that of its steps. */
function timeLabel(seconds: number, step: number): string {
  if (step % 3600 === 0) return `${seconds / 3600} h`;
  return step % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** `0.05 ms`, `20 ms`, `1.5 s`: round values, without zeros at their end. */
export function latencyTick(ms: number): string {
  return ms >= 1000 ? `${trim(ms / 1000)} s` : `${trim(ms)} ms`;
}

/** `0.5`, `4,000`, `2.5 M`: round values, short enough for the side of a plot. */
export function countTick(count: number): string {
  if (count >= 1e6) return `${trim(count / 1e6)} M`;
  return Number.isInteger(count) ? formatCount(count) : String(trim(count));
}

/** The smallest of 1, 2, 2.5, 5 × 10ⁿ that is at least `step`. */
function roundStep(step: number): number {
  if (!(step > 1e-12)) return 1;
  const decade = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 2.5, 5].find((one) => one * decade >= step * (1 - 1e-9)) ?? 10;
  return trim(factor * decade);
}

/** The round numbers from the last one at or below `min` to the first one at or above `max`. */
function roundNumbers(factors: readonly number[], min: number, max: number): number[] {
  const all: number[] = [];
  for (
    let power = Math.floor(Math.log10(min));
    all.filter((one) => one >= max).length < 2;
    power++
  ) {
    for (const factor of factors) all.push(trim(factor * 10 ** power));
  }
  const from = all.findLastIndex((value) => value <= min);
  const to = Math.max(
    from + 1,
    all.findIndex((value) => value >= max),
  );
  return all.slice(from, to + 1);
}

/** Every second, every third … until they are few enough. */
function thin(values: readonly number[], most: number): number[] {
  const every = Math.max(1, Math.ceil(values.length / Math.max(1, most)));
  return values.filter((_, i) => i % every === 0);
}

/** 0.30000000000000004 is 0.3. */
function trim(value: number): number {
  return Number(value.toPrecision(12));
}
