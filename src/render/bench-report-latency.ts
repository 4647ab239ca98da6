import type { LatencySummary } from "../bench/distribution.ts";
import type { BenchResult, HistogramName } from "../bench/result.ts";
import { displayWidth } from "../width.ts";
import { measureWords } from "./bench-report-words.ts";
import { field, type FieldOptions, piece } from "./fields.ts";
import { formatLatency } from "./format.ts";
import { tableLines } from "./table.ts";

interface Column {
  readonly head: string;
  readonly value: (numbers: LatencySummary) => number;
  /** So many values it takes for the column to say something of its own. */
  readonly from: number;
  /** Where there is no room for all, the highest leave first. */
  readonly spare: number;
}

const COLUMNS: readonly Column[] = [
  { head: "min", value: ({ min }) => min, from: 1, spare: 5 },
  { head: "p50", value: ({ p50 }) => p50, from: 1, spare: 0 },
  { head: "p90", value: ({ p90 }) => p90, from: 10, spare: 3 },
  { head: "p99", value: ({ p99 }) => p99, from: 100, spare: 0 },
  { head: "p99.9", value: ({ p99_9 }) => p99_9, from: 1000, spare: 1 },
  { head: "p99.99", value: ({ p99_99 }) => p99_99, from: 10_000, spare: 2 },
  { head: "max", value: ({ max }) => max, from: 1, spare: 0 },
  { head: "mean", value: ({ mean }) => mean, from: 1, spare: 4 },
  { head: "stddev", value: ({ stddev }) => stddev, from: 2, spare: 6 },
];

interface Row {
  readonly label: string;
  readonly numbers: LatencySummary;
}

/** Times in numbers: of what the run measures, and of its parts. */
export function latencySection(result: BenchResult, options: FieldOptions): string[] {
  const rows = rowNames(result).flatMap(([label, name]) => {
    const numbers = result.histograms[name];
    return numbers ? [{ label, numbers }] : [];
  });
  if (rows.length === 0) return ["", ...field("latency", [piece("nothing was measured")], options)];
  return ["", ...fittingTable(rows, options)];
}

/** Where messages are planned, the latency is that from the plan; others call it corrected. */
function rowNames({ settings }: BenchResult): [label: string, name: HistogramName][] {
  const { measure, load } = settings;
  const { time, histogram } = measureWords(measure);
  if (measure === "connect") {
    const parts = (["handshake", "dns", "tcp", "tls", "upgrade"] as const).map(
      (name): [string, HistogramName] => [name, name],
    );
    return load.model === "open" ? [["corrected", "latency"], ...parts] : parts;
  }
  if (histogram === "latency" && load.model === "open" && measure !== "hold") {
    return [
      ["corrected", "latency"],
      ["service", "service"],
    ];
  }
  return [[time, histogram]];
}

/** The table with as many columns as there is room for. */
function fittingTable(rows: readonly Row[], { theme, columns }: FieldOptions): string[] {
  const most = Math.max(...rows.map(({ numbers }) => numbers.count));
  let shown = COLUMNS.filter(({ from }) => most >= from);
  while (tableWidth(shown, rows) > columns) {
    const spare = Math.max(...shown.map((column) => column.spare));
    if (spare === 0) break;
    shown = shown.filter((column) => column.spare !== spare);
  }
  const head = ["latency", ...shown.map((column) => column.head)];
  return tableLines({ head, rows: rows.map((row) => cells(row, shown)) }, theme);
}

function cells({ label, numbers }: Row, shown: readonly Column[]): string[] {
  return [label, ...shown.map(({ value }) => formatLatency(value(numbers)))];
}

function tableWidth(shown: readonly Column[], rows: readonly Row[]): number {
  const all = [
    ["latency", ...shown.map(({ head }) => head)],
    ...rows.map((row) => cells(row, shown)),
  ];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => displayWidth(row[i] ?? ""))));
  return (widths ?? []).reduce((sum, width) => sum + width + 2, -2);
}
