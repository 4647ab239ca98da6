import type { HistogramSummary } from "../log-histogram.ts";
import type { DirectionCounts, StatisticsSnapshot } from "../scenario/statistics.ts";
import { field, type FieldOptions, LABEL_COLUMNS, piece } from "./fields.ts";
import { formatBytes, formatCount, formatDuration, formatLatency, formatPlural } from "./format.ts";

const CELL_COLUMNS = 12;

/** What happened so far on a connection, for `/stats` and `--summary`. */
export function statisticsLines(statistics: StatisticsSnapshot, options: FieldOptions): string[] {
  const { durationMs, roundTripsMs } = statistics;
  return [
    ...field("time", [piece(formatDuration(durationMs))], options),
    ...connectionLines(statistics, options),
    "",
    ...trafficLines(statistics, options),
    ...frameLines(statistics, options),
    ...(roundTripsMs ? ["", ...roundTripLines(roundTripsMs, options)] : []),
    ...errorLines(statistics, options),
  ];
}

function connectionLines(statistics: StatisticsSnapshot, options: FieldOptions): string[] {
  const { attempts, opened, failed, reconnects, timeouts, meanConnectMs } = statistics;
  const { bad, warn } = options.theme;
  const pieces = [
    piece(`${formatCount(opened)} of ${formatPlural(attempts, "attempt")} opened`),
    ...(failed > 0 ? [piece(`${formatCount(failed)} failed`, bad)] : []),
    ...(reconnects > 0 ? [piece(formatPlural(reconnects, "reconnect"), warn)] : []),
    ...(timeouts > 0 ? [piece(formatPlural(timeouts, "timeout"), bad)] : []),
    ...(meanConnectMs === undefined
      ? []
      : [piece(`${opened > 1 ? "on average " : ""}in ${formatDuration(meanConnectMs)}`)]),
  ];
  return field("connections", pieces, options);
}

/** A row for each figure, of which a column is left empty where it is not known. */
function trafficLines({ sent, received }: StatisticsSnapshot, options: FieldOptions): string[] {
  const row = (label: string, cellOf: (counts: DirectionCounts) => string): string[] => {
    const cells = [cellOf(sent), cellOf(received)];
    return cells.join("") === "" ? [] : [tableRow(options.theme.dim(pad(label)), cells)];
  };
  return [
    options.theme.dim(tableRow(pad(""), ["sent", "received"])),
    ...row("messages", ({ messages }) => formatCount(messages)),
    ...row("payload", ({ payloadBytes }) => formatBytes(payloadBytes)),
    ...row("mean size", ({ meanBytes }) => known(meanBytes)),
    ...row("on the wire", ({ wireBytes }) => known(wireBytes)),
    ...row("deflate", ({ deflate }) =>
      deflate ? share(deflate.wireBytes, deflate.payloadBytes) : "",
    ),
  ];
}

function pad(label: string): string {
  return label.padEnd(LABEL_COLUMNS);
}

function tableRow(label: string, cells: readonly string[]): string {
  return `${label}${cells.map((cell) => cell.padStart(CELL_COLUMNS)).join("")}`.trimEnd();
}

function known(bytes: number | undefined): string {
  return bytes === undefined ? "" : formatBytes(bytes);
}

/** How much of the compressed messages' bytes was left. */
function share(part: number, whole: number): string {
  return whole === 0 ? "" : `to ${((part / whole) * 100).toFixed(0)} %`;
}

function frameLines({ sent, received }: StatisticsSnapshot, options: FieldOptions): string[] {
  const { theme } = options;
  const pieces = [
    ...(sent.frames ? [piece(`→ ${countsText(sent.frames)}`, theme.out)] : []),
    ...(received.frames ? [piece(`← ${countsText(received.frames)}`, theme.in)] : []),
  ];
  return pieces.length === 0 ? [] : field("frames", pieces, options);
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(", ");
}

function roundTripLines(times: HistogramSummary, options: FieldOptions): string[] {
  const { count, min, mean, p50, p90, p99, max } = times;
  const text = (name: string, ms: number): string => `${name} ${formatLatency(ms)}`;
  const pieces = [
    piece(formatCount(count)),
    piece([text("min", min), text("mean", mean), text("max", max)].join(", ")),
    piece([text("p50", p50), text("p90", p90), text("p99", p99)].join(", ")),
  ];
  return field("round trips", pieces, options);
}

function errorLines({ errors }: StatisticsSnapshot, options: FieldOptions): string[] {
  const pieces = Object.entries(errors).map(([code, count]) =>
    piece(`${formatCount(count)} ${code}`, options.theme.bad),
  );
  return pieces.length === 0 ? [] : field("errors", pieces, options);
}
