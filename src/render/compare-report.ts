import type { Comparison, ComparisonRow } from "../bench/compare.ts";
import { wrapWords } from "../width.ts";
import { escapeControl } from "./escape.ts";
import { formatCount, formatLatency, formatPlural } from "./format.ts";
import { tableLines } from "./table.ts";
import { plain, type Style, type Theme } from "./theme.ts";

export interface CompareReportOptions {
  readonly theme: Theme;
  /** Columns of a line; the table takes what it needs, at most 80. */
  readonly columns: number;
}

/** The answer in the first line, then every figure, then what to know before believing them. */
export function compareReport(
  comparison: Comparison,
  { theme, columns }: CompareReportOptions,
): string[] {
  const notes = [...differenceNotes(comparison), ...comparison.warnings, ...blockNotes(comparison)];
  return [
    ...wrapWords(answer(comparison), columns).map(answerStyle(comparison, theme)),
    ...runLines(comparison).flatMap((line) => wrapWords(line, columns).map(theme.dim)),
    "",
    ...rowLines(comparison, theme),
    ...(notes.length === 0 ? [] : [""]),
    ...notes.flatMap((note) => wrapNote(escapeControl(note), columns).map(theme.warn)),
  ];
}

function answer({ verdict, rows, tolerance }: Comparison): string {
  const limit = `${percent(tolerance)} tolerance`;
  switch (verdict) {
    case "regression":
      return `regression beyond ${limit}: ${names(rows.filter(({ regression }) => regression))}`;
    case "no-regression":
      return `no regression beyond ${limit}; ${foundWords(rows)}`;
    default:
      return "cannot tell: there is too little to tell a difference from chance";
  }
}

function foundWords(rows: readonly ComparisonRow[]): string {
  const better = rows.filter(({ verdict }) => verdict === "better");
  const worse = rows.filter(({ verdict }) => verdict === "worse");
  if (better.length + worse.length === 0) return "no difference beyond chance";
  return [
    ...(better.length > 0 ? [`better: ${names(better)}`] : []),
    ...(worse.length > 0 ? [`worse within it: ${names(worse)}`] : []),
  ].join("; ");
}

function names(rows: readonly ComparisonRow[]): string {
  return rows.map(({ name, ratio }) => `${name} ${times(ratio)}`).join(", ");
}

function answerStyle({ verdict }: Comparison, theme: Theme): Style {
  return { regression: theme.bad, unknown: theme.warn, "no-regression": theme.good }[verdict];
}

function runLines({ base, current }: Comparison): string[] {
  const line = (label: string, { url, startedAt, countedIntervals }: Comparison["base"]) =>
    `${label} ${escapeControl(url)} at ${escapeControl(startedAt)}, ` +
    formatPlural(countedIntervals, "interval");
  return [line("base", base), line("new", current)];
}

function rowLines({ rows, confidence }: Comparison, theme: Theme): string[] {
  const [head = "", ...lines] = tableLines(
    {
      head: ["figure", "base", "new", "ratio", `${percent(confidence)} interval`, "verdict"],
      rows: rows.map(cellsOf),
      align: ["left", "right", "right", "right", "center", "left"],
    },
    theme,
  );
  return [head, ...lines.map((line, index) => rowStyle(rows[index], theme)(line))];
}

function cellsOf(row: ComparisonRow): string[] {
  const { name, unit, base, current, ratio, interval } = row;
  return [
    name,
    FORMATS[unit](base),
    FORMATS[unit](current),
    times(ratio),
    interval ? `${digits(interval.low)} – ${digits(interval.high)}` : "–",
    row.regression ? "worse: regression" : VERDICTS[row.verdict],
  ];
}

const FORMATS: Readonly<Record<ComparisonRow["unit"], (value: number) => string>> = {
  "per-second": (value) => `${formatCount(value)}/s`,
  ms: formatLatency,
  us: (value) =>
    value < 999.5 ? `${value.toFixed(value < 99.95 ? 1 : 0)}µs` : formatLatency(value / 1000),
};

const VERDICTS: Readonly<Record<ComparisonRow["verdict"], string>> = {
  better: "better",
  worse: "worse",
  same: "no difference",
  unknown: "cannot tell",
};

function rowStyle(row: ComparisonRow | undefined, theme: Theme): Style {
  if (row?.regression === true) return theme.bad;
  if (row?.verdict === "better") return theme.good;
  return row?.verdict === "worse" ? theme.warn : plain;
}

function differenceNotes({ differences }: Comparison): string[] {
  return differences.map(
    ({ setting, base = "none", current = "none" }) =>
      `the runs differ in ${setting}: ${base} in the base, ${current} in the new run`,
  );
}

function blockNotes({ base, current }: Comparison): string[] {
  const note = (run: string, { blockLength }: Comparison["base"]) =>
    blockLength > 1
      ? [`intervals of the ${run} go together; chance is judged by blocks of ${blockLength}`]
      : [];
  return [...note("base", base), ...note("new run", current)];
}

function wrapNote(note: string, columns: number): string[] {
  return wrapWords(note, columns - 2).map((line, i) => `${i === 0 ? "! " : "  "}${line}`);
}

function times(ratio: number): string {
  return `${digits(ratio)}×`;
}

/** What is not 1 does not look like it. */
function digits(ratio: number): string {
  if (ratio >= 99.95) return formatCount(ratio);
  const text = ratio.toFixed(ratio < 9.995 ? 2 : 1);
  return text === "1.00" && ratio !== 1 ? ratio.toFixed(3) : text;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
