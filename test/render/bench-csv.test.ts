import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAILURE_KINDS } from "../../src/bench/failures.ts";
import type { Interval } from "../../src/bench/result.ts";
import { benchCsv } from "../../src/render/bench-csv.ts";
import { benchResult, sampleInterval } from "../helpers/bench-result.ts";
import { expectGolden } from "../helpers/golden.ts";

const run = benchResult();
const second = sampleInterval(0);

type Row = Readonly<Record<string, string>>;

function rowsOf(intervals: readonly Interval[]): Row[] {
  return parse(benchCsv({ ...run, intervals }), { columns: true }) as Row[];
}

describe("a run as CSV", () => {
  it("has a row for each interval", () => {
    const intervals = [-2, -1, 0, 1].map((index) => sampleInterval(index));
    const failing = sampleInterval(2, { failures: { reset: 2, "connect-timeout": 1 } });
    expectGolden("bench/series.csv", benchCsv({ ...run, intervals: [...intervals, failing] }));
  });

  it("is a header alone where the run has no interval", () => {
    expect(benchCsv({ ...run, intervals: [] })).toMatch(/^start_ms,[^\n]*,busy\n$/);
  });

  it("has empty cells where nothing was answered", () => {
    const { latency: _, ...silent } = second;
    const [row] = rowsOf([silent]);
    const latencies = Object.entries(row!).filter(([name]) => name.startsWith("latency_"));
    expect(latencies.map(([, cell]) => cell)).toEqual(Array(8).fill(""));
  });

  it("is read back as it was", () => {
    const count = fc.nat();
    const ms = fc.double({ noNaN: true, noDefaultInfinity: true });
    const failures = fc.dictionary(fc.constantFrom(...FAILURE_KINDS), count);
    const traffic = { open: count, messagesOut: count, bytesIn: count, busy: ms, startMs: ms };
    const interval = fc.record({ ...traffic, counted: fc.boolean(), failures });
    fc.assert(
      fc.property(fc.array(interval), (given) => {
        const intervals = given.map((each) => ({ ...second, ...each }));
        const kinds = new Set(given.flatMap((each) => Object.keys(each.failures)));
        const rows = rowsOf(intervals);
        expect(rows.map((row) => readBack(row, kinds))).toEqual(
          intervals.map((each) => expected(each, kinds)),
        );
      }),
    );
  });
});

/** What the row says, with numbers as numbers. */
function readBack(row: Row, kinds: ReadonlySet<string>) {
  const number = (name: string) => Number(row[name]);
  return {
    startMs: number("start_ms"),
    counted: row.counted === "true",
    open: number("open"),
    messagesOut: number("messages_out"),
    bytesIn: number("bytes_in"),
    failures: number("failures"),
    byKind: [...kinds].map((kind) => number(`failures_${kind.replaceAll("-", "_")}`)),
    latencies: ["count", "p50_ms", "p99_9_ms", "mean_ms"].map((name) => number(`latency_${name}`)),
    busy: number("busy"),
    columns: Object.keys(row).length,
  };
}

function expected(interval: Interval, kinds: ReadonlySet<string>) {
  const { startMs, counted, open, messagesOut, bytesIn, latency, busy } = interval;
  const failures = interval.failures as Readonly<Record<string, number>>;
  const byKind = [...kinds].map((kind) => failures[kind] ?? 0);
  return {
    // CSV knows no negative zero.
    startMs: startMs + 0,
    counted,
    open,
    messagesOut,
    bytesIn,
    failures: byKind.reduce((sum, count) => sum + count, 0),
    byKind,
    latencies: [latency?.count, latency?.p50, latency?.p99_9, latency?.mean],
    busy: busy + 0,
    columns: 19 + kinds.size,
  };
}
