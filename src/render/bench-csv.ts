import type { LatencySummary } from "../bench/distribution.ts";
import type { FailureKind } from "../bench/failures.ts";
import type { BenchResult, Interval } from "../bench/result.ts";
import { type CsvCell, csvText } from "./csv.ts";

interface Column {
  readonly name: string;
  readonly cell: (interval: Interval) => CsvCell;
}

/**
 * A run over time as CSV: a header, then a row for each interval. Times since the measured window
 * began and latencies are in ms, `busy` is a share (0–1). There is a column for each kind of
 * failure that occurs, in alphabetical order. The cells of latency are empty where nothing was
 * answered. Lines end with LF.
 */
export function benchCsv({ intervals }: BenchResult): string {
  const columns = [...TRAFFIC, ...failureColumns(intervals), ...LATENCY, BUSY];
  const rows = intervals.map((interval) => columns.map(({ cell }) => cell(interval)));
  return csvText([columns.map(({ name }) => name), ...rows]);
}

const TRAFFIC: readonly Column[] = [
  { name: "start_ms", cell: ({ startMs }) => startMs },
  { name: "end_ms", cell: ({ endMs }) => endMs },
  { name: "counted", cell: ({ counted }) => counted },
  { name: "open", cell: ({ open }) => open },
  { name: "opened", cell: ({ opened }) => opened },
  { name: "messages_out", cell: ({ messagesOut }) => messagesOut },
  { name: "messages_in", cell: ({ messagesIn }) => messagesIn },
  { name: "bytes_out", cell: ({ bytesOut }) => bytesOut },
  { name: "bytes_in", cell: ({ bytesIn }) => bytesIn },
];

const BUSY: Column = { name: "busy", cell: ({ busy }) => busy };

const LATENCY: readonly Column[] = [
  latencyColumn("latency_count", "count"),
  latencyColumn("latency_min_ms", "min"),
  latencyColumn("latency_p50_ms", "p50"),
  latencyColumn("latency_p90_ms", "p90"),
  latencyColumn("latency_p99_ms", "p99"),
  latencyColumn("latency_p99_9_ms", "p99_9"),
  latencyColumn("latency_max_ms", "max"),
  latencyColumn("latency_mean_ms", "mean"),
];

function latencyColumn(name: string, key: keyof LatencySummary): Column {
  return { name, cell: ({ latency }) => latency?.[key] };
}

function failureColumns(intervals: readonly Interval[]): Column[] {
  const kinds = new Set(intervals.flatMap(({ failures }) => Object.keys(failures)));
  return [
    { name: "failures", cell: totalFailures },
    ...[...kinds].toSorted().map((kind) => ({
      name: `failures_${kind.replaceAll("-", "_")}`,
      cell: ({ failures }: Interval) => failures[kind as FailureKind] ?? 0,
    })),
  ];
}

function totalFailures({ failures }: Interval): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}
