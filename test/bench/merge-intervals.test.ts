import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeIntervals } from "../../src/bench/merge-intervals.ts";
import type { Interval } from "../../src/bench/result.ts";
import { sampleInterval } from "../helpers/bench-result.ts";

const { latency: _, ...PLAIN } = sampleInterval(0, { messagesIn: 1, open: 10 });

/** An interval without latencies; `messagesIn` 1. */
function interval(startMs: number, endMs: number, given: Partial<Interval> = {}): Interval {
  return { ...PLAIN, startMs, endMs, ...given };
}

function part(startedAt: string, ...intervals: Interval[]) {
  return { startedAt: `2026-01-01T00:00:${startedAt}Z`, intervals };
}

function spans(intervals: readonly Interval[]) {
  return intervals.map(({ startMs, endMs, messagesIn }) => [startMs, endMs, messagesIn]);
}

describe("merged intervals", () => {
  it("have the sums of each moment", () => {
    const failures = { reset: 2, tls: 1 };
    const [merged] = mergeIntervals([
      part("00.000", sampleInterval(0, { busy: 0.9, failures, opened: 3 })),
      part("00.000", sampleInterval(0, { busy: 0.2, failures: { reset: 1 }, opened: 4 })),
    ]);
    expect(merged).toMatchObject({
      startMs: 0,
      endMs: 1000,
      counted: true,
      open: 2000,
      opened: 7,
      messagesOut: 8000,
      messagesIn: 8000,
      bytesOut: 8000 * 26,
      bytesIn: 8000 * 22,
      failures: { reset: 3, tls: 1 },
      busy: 0.9,
    });
    expect(merged?.latency?.count).toBe(8000);
    expect(merged).not.toHaveProperty("part");
  });

  it.each([
    ["07.010", "07.990"],
    ["07.990", "08.010"],
  ])("line up where the windows began within a second, at %s and %s", (one, other) => {
    const merged = mergeIntervals([
      part(one, interval(0, 1000), interval(1000, 2000)),
      part(other, interval(0, 1000), interval(1000, 2000)),
    ]);
    expect(spans(merged)).toEqual([
      [0, 1000, 2],
      [1000, 2000, 2],
    ]);
  });

  it("line up where the windows began together, and a part had waited longer for that", () => {
    const merged = mergeIntervals([
      part("02.000", interval(-7000, 0), interval(0, 1000), interval(1000, 2000)),
      part("08.500", interval(-500, 0), interval(0, 1000), interval(1000, 2000)),
    ]);
    expect(spans(merged)).toEqual([
      [-7000, 0, 2],
      [0, 1000, 2],
      [1000, 2000, 2],
    ]);
  });

  it("lie as far apart as the windows", () => {
    const merged = mergeIntervals([
      part("09.900", interval(0, 1000)),
      part("07.100", interval(0, 1000), interval(1000, 2000), interval(2000, 3000)),
    ]);
    expect(spans(merged)).toEqual([
      [0, 1000, 1],
      [1000, 2000, 1],
      [2000, 3000, 2],
    ]);
    expect(merged.map(({ counted }) => counted)).toEqual([false, false, true]);
  });

  it("are counted where every part counts them", () => {
    const merged = mergeIntervals([
      part("00.000", interval(0, 1000), interval(1000, 2000, { counted: false })),
      part("00.000", interval(0, 1000), interval(1000, 2000)),
    ]);
    expect(merged.map(({ counted }) => counted)).toEqual([true, false]);
  });

  it("are as long as the longest", () => {
    const merged = mergeIntervals([
      part("00.000", interval(0, 2000, { open: 5 }), interval(2000, 4000)),
      part("00.000", interval(0, 1000, { open: 7 }), interval(1000, 2000, { open: 8 })),
    ]);
    expect(spans(merged)).toEqual([
      [0, 2000, 3],
      [2000, 4000, 1],
    ]);
    expect(merged.map(({ open }) => open)).toEqual([13, 10]);
  });

  it("do not run together where clocks are a little apart", () => {
    const merged = mergeIntervals([
      part("00.000", interval(0, 1000), interval(1000, 2000), interval(2000, 3000)),
      part("00.000", interval(3, 1004), interval(1004, 1997), interval(1997, 3002)),
    ]);
    expect(spans(merged)).toEqual([
      [0, 1000, 2],
      [1000, 1997, 2],
      [1997, 3002, 2],
    ]);
  });

  it("lose nothing, and come in order without an overlap, whatever the parts", () => {
    const series = fc
      .tuple(
        fc.integer({ min: -3000, max: 3000 }),
        fc.array(fc.integer({ min: 1, max: 2500 }), { maxLength: 20 }),
      )
      .map(([first, lengths]) => {
        let at = first;
        return lengths.map((length) => interval(at, (at += length)));
      });
    const parts = fc.array(fc.tuple(fc.integer({ min: 10, max: 14 }), series), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, (given) => {
        const merged = mergeIntervals(given.map(([second, all]) => part(`${second}.5`, ...all)));
        const total = merged.reduce((sum, { messagesIn }) => sum + messagesIn, 0);
        expect(total).toBe(given.reduce((sum, [, all]) => sum + all.length, 0));
        for (const [index, { startMs, endMs }] of merged.entries()) {
          expect(endMs).toBeGreaterThan(startMs);
          expect(endMs).toBeLessThanOrEqual(merged[index + 1]?.startMs ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });
});
