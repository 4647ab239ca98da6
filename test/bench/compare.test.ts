import { beforeAll, describe, expect, it } from "vitest";
import { compareResults, type ComparisonRow } from "../../src/bench/compare.ts";
import { mergeHistograms } from "../../src/bench/merge-histograms.ts";
import { encodeHistogram, toHistogram } from "../../src/bench/histogram.ts";
import { Recorder } from "../../src/bench/recorder.ts";
import type { BenchResult, HistogramResult, Interval } from "../../src/bench/result.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import { benchResult, sampleInterval, SETTINGS } from "../helpers/bench-result.ts";

const { latency: _, ...SECOND } = sampleInterval(0);
const MESSAGES = 300;

interface Shape {
  readonly seconds?: number;
  /** By how much all is slower. */
  readonly factor?: number;
}

/** A run whose seconds differ by chance: each has its own pace, and each message its own latency. */
function run(seed: number, { seconds = 12, factor = 1 }: Shape = {}): BenchResult {
  const random = seededRandom(seed);
  const intervals = Array.from({ length: seconds }, (__, index): Interval => {
    const pace = 1 + 0.1 * (random() + random() - 1);
    const messagesIn = Math.round(MESSAGES / pace / factor);
    const exponential = () => factor * pace * (1 - Math.log(1 - random()));
    const latency = quickHistogram(Array.from({ length: messagesIn }, exponential));
    return { ...SECOND, startMs: index * 1000, endMs: (index + 1) * 1000, messagesIn, latency };
  });
  return withIntervals(intervals);
}

/** What a comparison reads of an interval: working out the rest would take most of the time. */
function quickHistogram(latenciesMs: readonly number[]): HistogramResult {
  const recorder = new Recorder();
  for (const ms of latenciesMs) recorder.record(ms * 1e6);
  const count = latenciesMs.length;
  const mean = latenciesMs.reduce((sum, ms) => sum + ms, 0) / count;
  const max = Math.max(...latenciesMs);
  const rest = { p50: 0, p90: 0, p99: 0, p99_9: 0, p99_99: 0, stddev: 0 };
  const encoded = encodeHistogram(toHistogram(recorder.sparse()));
  return { ...rest, count, mean, max, min: Math.min(...latenciesMs), encoded };
}

function withIntervals(intervals: readonly Interval[]): BenchResult {
  const base = benchResult();
  const latency = mergeHistograms(intervals.map((each) => each.latency as HistogramResult))!;
  const passed = intervals.reduce((sum, { messagesIn }) => sum + messagesIn, 0);
  const windowMs = intervals.length * 1000;
  return {
    ...base,
    intervals,
    histograms: { ...base.histograms, latency },
    messages: { ...base.messages, answered: passed },
    throughput: { ...base.throughput, windowMs, messagesInPerSecond: (passed * 1000) / windowMs },
  };
}

function compare(base: BenchResult, current: BenchResult, resamples = 500) {
  const options = { tolerance: 0.05, confidence: 0.95, resamples, random: seededRandom(1) };
  return compareResults(base, current, options);
}

function row(rows: readonly ComparisonRow[], name: string): ComparisonRow {
  const found = rows.find((each) => each.name === name);
  if (!found) throw new Error(`no row ${name}`);
  return found;
}

/** Rows that chance has an interval for. */
const JUDGED = [
  "throughput",
  "latency p50",
  "latency p90",
  "latency p99",
  "latency p99.9",
  "latency mean",
];

describe("comparing", () => {
  let [base, slower]: BenchResult[] = [];
  beforeAll(() => {
    base = run(1);
    slower = run(2, { factor: 1.2 });
  });

  it("a run with itself shows no difference", () => {
    const { rows, verdict, differences, warnings } = compare(base!, base!);
    expect(rows.map(({ name }) => name)).toEqual([
      ...JUDGED,
      "latency max",
      "handshake p50",
      "handshake p99",
      "client CPU",
    ]);
    for (const { ratio, interval } of rows.slice(0, JUDGED.length)) {
      expect(ratio).toBe(1);
      expect(interval!.low).toBeLessThanOrEqual(1);
      expect(interval!.high).toBeGreaterThanOrEqual(1);
    }
    expect(rows.slice(0, JUDGED.length).every((each) => each.verdict === "same")).toBe(true);
    expect([verdict, differences, warnings]).toEqual(["no-regression", [], []]);
  });

  it("finds a run that is 20 % slower", () => {
    const { rows, verdict } = compare(base!, slower!);
    expect(verdict).toBe("regression");
    for (const name of ["throughput", "latency p50", "latency p90", "latency mean"]) {
      expect(row(rows, name)).toMatchObject({ verdict: "worse", regression: true });
    }
    const { low, high } = row(rows, "latency p50").interval!;
    expect(low < 1.2 && high > 1.2).toBe(true);
  });

  it("does not hold against a run that it is quicker", () => {
    const { rows, verdict } = compare(slower!, base!);
    expect(verdict).toBe("no-regression");
    expect(row(rows, "throughput").verdict).toBe("better");
    expect(row(rows, "latency p50").verdict).toBe("better");
  });

  it("bears what is within the tolerance", () => {
    const options = { confidence: 0.95, resamples: 500, random: seededRandom(1) };
    const { rows, verdict } = compareResults(base!, slower!, { ...options, tolerance: 0.9 });
    expect(row(rows, "latency p50")).toMatchObject({ verdict: "worse", regression: false });
    expect(verdict).toBe("no-regression");
  });

  it("gives the same for the same seed", () => {
    expect(compare(base!, slower!)).toEqual(compare(base!, slower!));
  });

  it("cannot tell with fewer than five intervals", () => {
    const short = { ...base!, intervals: base!.intervals.slice(0, 4) };
    const { rows, verdict, warnings } = compare(short, slower!);
    expect(verdict).toBe("unknown");
    expect(rows.every((each) => each.verdict === "unknown" && !each.interval)).toBe(true);
    expect(row(rows, "latency p50").ratio).toBeGreaterThan(1.1);
    expect(warnings).toEqual([
      "the base has 4 counted intervals, fewer than 5: too few to tell chance",
    ]);
  });

  it("calls a server that no longer answers a regression", () => {
    const silent = base!.intervals.map((each): Interval => {
      const { latency: __, ...rest } = each;
      return { ...rest, messagesIn: 0 };
    });
    const { latency: __, ...histograms } = base!.histograms;
    const throughput = { ...base!.throughput, messagesInPerSecond: 0 };
    const dead = { ...base!, intervals: silent, histograms, throughput };
    const { rows, verdict } = compare(base!, dead);
    expect(verdict).toBe("regression");
    expect(row(rows, "throughput")).toMatchObject({ ratio: 0, interval: { low: 0, high: 0 } });
    expect(rows.some(({ name }) => name.startsWith("latency"))).toBe(false);
  });

  it("tells what makes the two hard to compare", () => {
    const messages = { ...base!.messages, planned: 1000, lost: 25 };
    const other: BenchResult = {
      ...base!,
      messages,
      ending: "stalled",
      settings: { ...SETTINGS, connections: 5 },
      client: { ...base!.client, limits: ["the client was the limit"] },
    };
    const { differences, warnings } = compare(base!, other);
    expect(differences).toEqual([{ setting: "connections", base: "1000", current: "5" }]);
    expect(warnings).toEqual([
      "the new run ended early: stalled",
      "the new run: the client was the limit",
      "more failed in the new run: 2.5 % of all attempts, 0.0 % in the base",
    ]);
  });
});

describe("two runs of the same", () => {
  it("are seldom called different: 30 pairs", { timeout: 120_000 }, () => {
    const brief = { seconds: 8 };
    const different = new Map(JUDGED.map((name) => [name, 0]));
    for (let seed = 0; seed < 30; seed++) {
      const { rows } = compare(run(1000 + seed, brief), run(2000 + seed, brief), 200);
      for (const { name, verdict: word } of rows) {
        if (word === "better" || word === "worse") different.set(name, different.get(name)! + 1);
      }
    }
    for (const count of different.values()) expect(count).toBeLessThanOrEqual(4);
  });
});
