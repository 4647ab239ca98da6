import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHistogram } from "../../src/bench/histogram.ts";
import { addCounts, histogramOf, Timeline } from "../../src/bench/timeline.ts";
import type { Phase } from "../../src/bench/worker-protocol.ts";
import { type CountOverrides, recordingsOf, sparse, tick } from "../helpers/bench.ts";

const START = 10_000;

/** What a worker has told until a moment. */
function told(
  atMs: number,
  messagesIn: number,
  latency: readonly number[] = [],
  rest: CountOverrides = {},
  phase: Phase = "measuring",
) {
  const traffic = { messagesIn, messagesOut: messagesIn, bytesIn: 0, bytesOut: 0 };
  return tick(rest, { atMs, traffic, latency, phase });
}

const spans = (timeline: Timeline, endMs: number) =>
  timeline.intervals(endMs).map(({ startMs, endMs: end, counted }) => [startMs, end, counted]);

describe("rows", () => {
  it("begin with the window, are seconds, and count where they lie in it", () => {
    const timeline = new Timeline(START, "latency");
    timeline.openWindow(START + 1600);
    timeline.add(0, told(START + 3590, 0, [], {}, "draining"));
    timeline.add(1, told(START + 3610, 0, [], {}, "draining"));
    expect(spans(timeline, START + 3900)).toEqual([
      [-1600, -600, false],
      [-600, 0, false],
      [0, 1000, true],
      [1000, 2000, true],
      [2000, 2300, false],
    ]);
  });

  it("do not count while replies are waited for, however often that is told", () => {
    const timeline = new Timeline(START, "latency");
    timeline.openWindow(START);
    for (const atMs of [1010, 1500, 2000, 2500, 3000]) {
      timeline.add(0, told(START + atMs, 0, [], {}, "draining"));
    }
    expect(spans(timeline, START + 3000)).toEqual([
      [0, 1000, true],
      [1000, 2000, false],
      [2000, 3000, false],
    ]);
  });

  it("do not count where the window never opened, and are cut where the run ends", () => {
    const timeline = new Timeline(START, "latency");
    timeline.add(0, told(START + 1010, 0, [], {}, "connecting"));
    timeline.add(0, told(START + 1020, 0, [], {}, "connecting"));
    expect(spans(timeline, START + 1020)).toEqual([
      [-1020, -20, false],
      [-20, 0, false],
    ]);
  });

  it("that are cut short before the window or after it do not count", () => {
    const timeline = new Timeline(START, "latency");
    timeline.openWindow(START + 20);
    timeline.add(0, told(START + 1021, 0, [], {}, "draining"));
    expect(spans(timeline, START + 1050)).toEqual([
      [-20, 0, false],
      [0, 1000, true],
      [1000, 1030, false],
    ]);
  });

  it("hold what passed in them, of all workers", () => {
    const timeline = new Timeline(START, "latency");
    timeline.openWindow(START + 500);
    for (const worker of [0, 1]) {
      timeline.add(worker, told(START + 500, 10, [], { sockets: { open: 2, opened: 2 } }));
      timeline.add(worker, told(START + 1000, 30, [1], { sockets: { open: 3, opened: 4 } }));
      timeline.add(worker, told(START + 1500, 60, [2], { sockets: { open: 1, opened: 4 } }));
      timeline.add(worker, told(START + 2000, 100, [3], { sockets: { open: 1, opened: 5 } }));
    }
    const rows = timeline.intervals(START + 2000);
    expect(rows.map(({ messagesIn, open, opened }) => [messagesIn, open, opened])).toEqual([
      [20, 4, 4],
      [100, 2, 4],
      [80, 2, 2],
    ]);
    expect(rows.map(({ latency }) => latency?.count)).toEqual([undefined, 4, 2]);
  });

  it("tell failures by kind, and the share of the busiest worker", () => {
    const timeline = new Timeline(START, "latency");
    timeline.openWindow(START);
    const reset = { kind: "reset", code: "abnormal", message: "reset" } as const;
    const busy = (ms: number) => ({ self: { windowMs: 1000, busy: ms / 1000 } });
    timeline.add(0, told(START + 500, 0, [], busy(100)));
    timeline.add(0, told(START + 999, 0, [], { ...busy(300), breaks: [{ ...reset, count: 2 }] }));
    timeline.add(1, told(START + 999, 0, [], busy(200)));
    timeline.add(0, told(START + 2000, 0, [], { ...busy(300), breaks: [{ ...reset, count: 5 }] }));
    const rows = timeline.intervals(START + 2000);
    expect(rows.map(({ failures }) => failures)).toEqual([{ reset: 2 }, { reset: 3 }]);
    expect(rows[0]?.busy).toBeCloseTo(0.3);
    expect(rows[1]?.busy).toBe(0);
  });

  it("show gaps where nothing has a latency", () => {
    const timeline = new Timeline(START, "gap");
    const recorded = recordingsOf({ gap: [5, 5], latency: [1] }).take();
    timeline.add(0, { ...told(START + 10, 0), recorded });
    expect(timeline.intervals(START + 20)[0]?.latency).toMatchObject({ count: 2 });
  });

  it("of the last seconds are those that all workers have told of", () => {
    const timeline = new Timeline(START, "latency");
    timeline.add(0, told(START + 500, 7));
    timeline.add(0, told(START + 4500, 8));
    expect(timeline.recent(60).map(({ messagesIn }) => messagesIn)).toEqual([7]);
    expect(timeline.recent(0)).toEqual([]);
  });
});

describe("a long run", () => {
  it("has rows that are joined, and loses nothing", () => {
    const steps = fc.array(
      fc.record({
        ms: fc.integer({ min: 1, max: 40_000 }),
        worker: fc.nat(2),
        messages: fc.nat(1000),
        latency: fc.array(fc.double({ min: 0.001, max: 5000, noNaN: true }), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 120 },
    );
    fc.assert(
      fc.property(steps, fc.nat(2000), (given, warmupMs) => {
        const timeline = new Timeline(START, "latency");
        timeline.openWindow(START + warmupMs);
        const sums = [0, 0, 0];
        let atMs = START;
        for (const { ms, worker, messages, latency } of given) {
          atMs += ms;
          sums[worker]! += messages;
          timeline.add(worker, told(atMs, sums[worker]!, latency));
        }
        const rows = timeline.intervals(atMs + 1);
        expect(rows.length).toBeLessThanOrEqual(602);
        const passed = rows.reduce((sum, { messagesIn }) => sum + messagesIn, 0);
        expect(passed).toBe(sums.reduce((sum, each) => sum + each, 0));
        const all = given.flatMap(({ latency }) => latency);
        const counts = rows.reduce<readonly number[]>(
          (sum, { latency }) => (latency ? addCounts(sum, countsOf(latency.encoded)) : sum),
          [],
        );
        expect(counts).toEqual(sparse(all));
        for (const [i, row] of rows.entries()) {
          expect(row.startMs).toBe(i === 0 ? 0 - warmupMs : rows[i - 1]!.endMs);
        }
        expect(rows.some(({ startMs }) => startMs === 0)).toBe(atMs + 1 > START + warmupMs);
      }),
      { numRuns: 30 },
    );
  });

  it("of hours has a few hundred even rows", () => {
    const timeline = new Timeline(START, "latency");
    timeline.openWindow(START + 1000);
    for (let second = 1; second <= 7200; second++) {
      timeline.add(0, told(START + 1000 * second, second));
    }
    const rows = timeline.intervals(START + 1000 * 7200);
    const lengths = new Set(rows.slice(1, -1).map(({ startMs, endMs }) => endMs - startMs));
    expect([...lengths]).toEqual([16_000]);
    expect(rows.length).toBeLessThan(600);
  });
});

/** The buckets of an encoded histogram. */
function countsOf(encoded: string): number[] {
  const histogram = decodeHistogram(encoded);
  const counts: number[] = [];
  for (let bucket = 0; bucket < histogram.countsArrayLength; bucket++) {
    const count = histogram.getCountAtIndex(bucket);
    if (count > 0) counts.push(bucket, count);
  }
  return counts;
}

describe("counts", () => {
  it("are added bucket by bucket", () => {
    const latencies = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        expect(addCounts(sparse(a), sparse(b))).toEqual(sparse([...a, ...b]));
      }),
    );
  });

  it("of nothing make no histogram", () => {
    expect(histogramOf([])).toBeUndefined();
    expect(histogramOf(sparse([2, 2]))).toMatchObject({ count: 2 });
  });
});
