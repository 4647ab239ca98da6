import { FAILURE_KINDS, type FailureKind } from "./failures.ts";
import { mergeHistograms } from "./merge-histograms.ts";
import type { BenchResult, HistogramResult, Interval } from "./result.ts";

type Part = Pick<BenchResult, "startedAt" | "intervals">;

/**
 * The intervals of several parts of a run as those of the whole.
 *
 * 1. Parts whose windows began less than a second apart line up, as if they had begun together: the
 *    clocks of machines agree no better, and `--start-at` begins them so, however long each part had
 *    waited for that. A part whose window began whole seconds later lies so many seconds later.
 * 2. Intervals that lie on each other by more than half become one, also where one part has longer
 *    ones than another. What remains of an overlap ends where the next one begins.
 * 3. Nothing is shared out: what a part counted in an interval is counted in one of the whole.
 * 4. One is counted where every part has it, and counts it.
 */
export function mergeIntervals(parts: readonly Part[]): Interval[] {
  const first = Math.min(...parts.map(windowAt));
  const placed = parts.flatMap((part, index) => {
    const laterMs = Math.floor((windowAt(part) - first) / 1000) * 1000;
    return part.intervals.map((interval) => shifted(interval, index, laterMs));
  });
  const groups = grouped(placed.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs));
  const merged = groups.map((group) => join(group, parts.length));
  return merged.map((interval, index) => {
    const next = merged[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    return { ...interval, endMs: Math.min(interval.endMs, next) };
  });
}

/** When the window began, in ms since 1970: moments are told from there, and the first is the start. */
function windowAt({ startedAt, intervals }: Part): number {
  return Date.parse(startedAt) - (intervals[0]?.startMs ?? 0);
}

interface Placed extends Interval {
  readonly part: number;
}

function shifted(interval: Interval, part: number, byMs: number): Placed {
  const { startMs, endMs } = interval;
  return { ...interval, part, startMs: startMs + byMs, endMs: endMs + byMs };
}

/** Cuts intervals, in the order of their starts, into groups that become one each. */
function grouped(intervals: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  let span = { startMs: 0, endMs: Number.NEGATIVE_INFINITY };
  for (const interval of intervals) {
    const { startMs, endMs } = interval;
    const shorter = Math.min(endMs - startMs, span.endMs - span.startMs);
    const group = groups.at(-1);
    if (group && span.endMs - startMs > shorter / 2) {
      group.push(interval);
      span = { startMs: span.startMs, endMs: Math.max(span.endMs, endMs) };
    } else {
      groups.push([interval]);
      span = { startMs, endMs };
    }
  }
  return groups;
}

function join(group: readonly Placed[], parts: number): Interval {
  const sum = (of: (interval: Interval) => number) =>
    group.reduce((all, each) => all + of(each), 0);
  // What was open at the end is what the last interval of each part says.
  const last = new Map(group.map((interval) => [interval.part, interval.open]));
  const latency = mergeHistograms(
    group.flatMap((each): HistogramResult[] => (each.latency ? [each.latency] : [])),
  );
  return {
    startMs: Math.min(...group.map(({ startMs }) => startMs)),
    endMs: Math.max(...group.map(({ endMs }) => endMs)),
    counted: last.size === parts && group.every(({ counted }) => counted),
    open: [...last.values()].reduce((all, open) => all + open, 0),
    opened: sum(({ opened }) => opened),
    messagesOut: sum(({ messagesOut }) => messagesOut),
    messagesIn: sum(({ messagesIn }) => messagesIn),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    failures: failuresOf(group),
    ...(latency && { latency }),
    busy: Math.max(...group.map(({ busy }) => busy)),
  };
}

function failuresOf(group: readonly Interval[]): Interval["failures"] {
  const all: { [kind in FailureKind]?: number } = {};
  for (const kind of FAILURE_KINDS) {
    const count = group.reduce((sum, { failures }) => sum + (failures[kind] ?? 0), 0);
    if (count > 0) all[kind] = count;
  }
  return all;
}
