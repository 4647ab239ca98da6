import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeResults } from "../../src/bench/merge.ts";
import type { BenchResult, Interval } from "../../src/bench/result.ts";
import { benchResult, histogramResult, SETTINGS } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";

const base = benchResult();
const [before, during] = [base.intervals[0]!, base.intervals[2]!];

/** Latencies in ms of each second of a part. */
type Seconds = readonly (readonly number[])[];

/** A part that has counted these latencies, and whose other figures are made of its number. */
function part(seconds: Seconds, number: number, given: Partial<BenchResult> = {}): BenchResult {
  const all = seconds.flat();
  const answered = all.length;
  const histogram = (values: readonly number[]) =>
    values.length === 0 ? {} : { latency: histogramResult(histogramOf(values)) };
  const { latency: _, ...second } = during;
  const intervals = seconds.map((values, index): Interval => ({
    ...second,
    startMs: index * 1000,
    endMs: (index + 1) * 1000,
    messagesIn: values.length,
    ...histogram(values),
  }));
  return benchResult({
    startedAt: `2026-01-01T00:00:00.${100 + number}Z`,
    settings: { ...SETTINGS, connections: number },
    messages: { ...base.messages, planned: answered, sent: answered, answered },
    throughput: {
      windowMs: 1000 * seconds.length,
      messagesOutPerSecond: answered / seconds.length,
      messagesInPerSecond: answered / seconds.length,
      bytesOutPerSecond: (answered * 26) / seconds.length,
      bytesInPerSecond: (answered * 22) / seconds.length,
    },
    histograms: histogram(all),
    intervals: [before, ...intervals],
    client: { ...base.client, cpuMs: number, limits: [`limit ${number % 3}`] },
    refusals: [{ kind: "tls", code: "tls", message: `reason ${number % 2}`, count: number }],
    ...given,
  });
}

const latencies = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 8 });
/** Two or three parts of three seconds, the same latencies in each part at most by chance. */
const parts = fc
  .array(fc.tuple(latencies, latencies, latencies), { minLength: 2, maxLength: 3 })
  .map((all) => all.map((seconds, index) => part(seconds, index + 1)));

describe("merged parts", () => {
  it("are the whole: all counts and histograms", () => {
    const seconds = fc.array(fc.tuple(latencies, latencies, latencies), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(seconds, (all) => {
        const merged = mergeResults(all.map((each, index) => part(each, index + 1)));
        const whole = part(
          [0, 1, 2].map((second) => all.flatMap((each) => each[second]!)),
          1,
        );
        expect(merged.messages).toEqual(whole.messages);
        expect(merged.histograms.latency?.encoded).toBe(whole.histograms.latency?.encoded);
        expect(merged.histograms.latency?.p99).toBe(whole.histograms.latency?.p99);
        const curve = ({ intervals }: BenchResult) =>
          intervals.slice(1).map((each) => [each.startMs, each.messagesIn, each.latency?.encoded]);
        expect(curve(merged)).toEqual(curve(whole));
        expect(merged.throughput).toEqual(whole.throughput);
        expect(merged.sockets.opened).toBe(1000 * all.length);
      }),
      { numRuns: 3 },
    );
  });

  it("are the same in any order and in any grouping", () => {
    fc.assert(
      fc.property(parts, (all) => {
        const [first, ...others] = all as [BenchResult, ...BenchResult[]];
        const merged = mergeResults(all);
        expect(mergeResults(all.toReversed())).toEqual(merged);
        expect(mergeResults([first, mergeResults(others)])).toEqual(merged);
        expect(mergeResults([mergeResults(all.slice(0, 2)), ...all.slice(2)])).toEqual(merged);
      }),
      { numRuns: 3 },
    );
  });

  it("of one are that one", () => {
    const one = part([[1, 2, 3], [4]], 3);
    const { histograms, intervals, ...rest } = mergeResults([one]);
    expect(rest).toEqual({ ...one, histograms: undefined, intervals: undefined, ...rest });
    expect(rest.messages).toEqual(one.messages);
    expect(rest.client).toEqual(one.client);
    expect(histograms.latency?.encoded).toBe(one.histograms.latency?.encoded);
    expect(intervals).toHaveLength(3);
  });
});

describe("merging", () => {
  const [a, b] = [part([[1], [2]], 1), part([[30], [40], [50]], 2)];

  it("adds what was asked for", () => {
    const open = (ratePerSecond: number, per: "total" | "socket", index: number) =>
      part([[index]], index, {
        settings: {
          ...SETTINGS,
          connections: 10 * index,
          churnPerSecond: index,
          load: { model: "open", ratePerSecond, per, arrival: "poisson" },
          length: { kind: "messages", count: 100 * index },
          stages: [{ durationMs: 1000, connections: 5 * index }],
          shard: { indexes: [index], count: 2 },
        },
      });
    expect(mergeResults([open(100, "total", 2), open(50, "total", 1)]).settings).toEqual({
      ...SETTINGS,
      connections: 30,
      churnPerSecond: 3,
      load: { model: "open", ratePerSecond: 150, per: "total", arrival: "poisson" },
      length: { kind: "messages", count: 300 },
      stages: [{ durationMs: 1000, connections: 15 }],
    });
    const each = mergeResults([open(7, "socket", 1), open(7, "socket", 2)]).settings.load;
    expect(each).toMatchObject({ ratePerSecond: 7, per: "socket" });
  });

  it("says that it is a part where parts are missing", () => {
    const sharded = (index: number) =>
      part([[index]], index, { settings: { ...SETTINGS, shard: { indexes: [index], count: 3 } } });
    const some = mergeResults([sharded(2), sharded(1)]);
    expect(some.settings.shard).toEqual({ indexes: [1, 2], count: 3 });
    expect(() => mergeResults([some, sharded(1)])).toThrow(/are both part 1 of 3/);
    expect(mergeResults([some, sharded(0)]).settings).not.toHaveProperty("shard");
    const whole = mergeResults([sharded(2), sharded(1), sharded(0)]);
    expect(whole.settings).not.toHaveProperty("shard");
  });

  it("has rates over the longest window", () => {
    expect(mergeResults([a, b]).throughput).toMatchObject({
      windowMs: 3000,
      messagesInPerSecond: 5 / 3,
    });
    const none = { ...a.throughput, windowMs: 0, messagesInPerSecond: 0 };
    const early = mergeResults([{ ...a, throughput: none }]);
    expect(early.throughput.messagesInPerSecond).toBe(0);
  });

  it("has the memory of each socket of all parts, one that did not grow too", () => {
    const grown = (open: number, bytes?: number): BenchResult => {
      const { rssBytesPerConnection: _, ...client } = base.client;
      return part([[1]], open, {
        sockets: { ...base.sockets, open },
        client: { ...client, ...(bytes !== undefined && { rssBytesPerConnection: bytes }) },
      });
    };
    const perConnection = (...all: BenchResult[]) => mergeResults(all).client.rssBytesPerConnection;
    const [x, y, z] = [grown(3, 1000 / 3), grown(7, 5000 / 7), grown(2)];
    expect(perConnection(x, y, z)).toBe(500);
    expect(perConnection(mergeResults([z, x]), y)).toBe(500);
    expect(perConnection(z, grown(1))).toBeUndefined();
  });

  it("keeps what went wrong", () => {
    const merged = mergeResults([
      {
        ...a,
        ending: "stalled",
        discrepancies: ["x"],
        client: { ...a.client, deaths: ["SIGKILL"] },
      },
      { ...b, ending: "disconnected", discrepancies: ["x", "y"] },
    ]);
    expect(merged).toMatchObject({
      ending: "stalled",
      discrepancies: ["x", "y"],
      client: { workers: 4, deaths: ["SIGKILL"], cpuMs: 3, limits: ["limit 1", "limit 2"] },
    });
    expect(merged.refusals.map(({ message, count }) => [message, count])).toEqual([
      ["reason 0", 2],
      ["reason 1", 1],
    ]);
  });

  it("names every server once, and begins with the first part", () => {
    const merged = mergeResults([
      { ...b, url: "ws://b/" },
      { ...a, url: "ws://a/" },
      { ...a, url: "ws://b/" },
    ]);
    expect(merged.url).toBe("ws://a/ ws://b/");
    expect(merged.startedAt).toBe(a.startedAt);
  });

  it("judges objectives by the whole", () => {
    const assertions = (expression: string) => [
      { expression, passed: true, actual: 2, bound: 5, unit: "count" as const },
    ];
    const merged = mergeResults([
      { ...a, assertions: assertions("answered<5") },
      { ...b, assertions: assertions("answered<5") },
    ]);
    expect(merged.assertions).toEqual([
      { expression: "answered<5", passed: false, actual: 5, bound: 5, unit: "count" },
    ]);
  });

  it("adds streams and keeps the server", () => {
    const stream = { expected: 5, received: 4, missing: 1, duplicated: 0, reordered: 2 };
    const server = { pid: 1, cpuMs: 1, cores: 1, maxRssBytes: 1, maxThreads: 1, samples: [] };
    const merged = mergeResults([{ ...a, stream, server }, { ...b, stream }, part([], 3)]);
    expect(merged.stream).toEqual({
      expected: 10,
      received: 8,
      missing: 2,
      duplicated: 0,
      reordered: 4,
    });
    expect(merged.server).toMatchObject({ pid: 1 });
  });

  it("refuses what is no part of the run", () => {
    const other = { ...b, settings: { ...SETTINGS, measure: "ping" as const } };
    expect(() => mergeResults([a, other], ["a.json", "b.json"])).toThrow("b.json is no part");
    expect(() => mergeResults([])).toThrow("no results to merge");
  });
});
