import type { ByDirection, DumpSummary, Passed } from "../capture/dump-statistics.ts";
import type { HistogramSummary } from "../log-histogram.ts";
import { describeCloseCode } from "../protocol/close-codes.ts";
import { describeOpcode } from "../protocol/opcodes.ts";
import { padEnd, padStart } from "../width.ts";
import { drawHistogram } from "./bars.ts";
import { field, LABEL_COLUMNS, piece } from "./fields.ts";
import { formatBytes, formatCount, formatDuration, formatLatency, formatPlural } from "./format.ts";
import type { Theme } from "./theme.ts";
import { formatIso } from "./timestamps.ts";

export interface DumpSummaryLook {
  readonly theme: Theme;
  readonly columns?: number | undefined;
}

type Look = Required<Pick<DumpSummaryLook, "theme">> & { readonly columns: number };

const DEFAULT_COLUMNS = 80;
const CELL_COLUMNS = 11;
const MAX_BAR_COLUMNS = 60;

/** A capture in numbers, for people: figures in columns by direction, then what is about both. */
export function dumpSummaryLines(
  summary: DumpSummary,
  { theme, columns = DEFAULT_COLUMNS }: DumpSummaryLook,
): string[] {
  const look = { theme, columns };
  const parts = [
    headLines(summary, look),
    opcodeLines(summary, look),
    spreadLines(summary, look),
    sizeLines(summary, look),
    endLines(summary, look),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

function headLines({ startUs, durationMs, connections, cut }: DumpSummary, look: Look): string[] {
  const { opened, refused, begun } = connections;
  const { bad, warn } = look.theme;
  const pieces = [
    ...(opened > 0 ? [piece(`${formatCount(opened)} opened`)] : []),
    ...(refused > 0 ? [piece(`${formatCount(refused)} refused`, bad)] : []),
    ...(begun > 0 ? [piece(`${formatCount(begun)} without a handshake`)] : []),
  ];
  return [
    ...(startUs === undefined
      ? []
      : field(
          "time",
          [piece(formatDuration(durationMs)), piece(`from ${formatIso(startUs)}`)],
          look,
        )),
    ...field("connections", pieces.length > 0 ? pieces : [piece("none")], look),
    ...(cut === 0
      ? []
      : field("cut", [piece(`${formatPlural(cut, "payload")} not whole`, warn)], look)),
  ];
}

/** Opcodes in rows; of each direction how many, and how much payload. */
function opcodeLines({ opcodes, messages, framed }: DumpSummary, look: Look): string[] {
  if (opcodes.length === 0) return [];
  const { theme } = look;
  const head = ["→ client", "", "← server", ""];
  const rows = framed
    ? opcodes.map(([opcode, passed]) => passedRow(opcodeName(opcode), passed, theme))
    : opcodes
        .filter(([opcode]) => describeOpcode(opcode).kind === "control")
        .map(([opcode, passed]) => passedRow(opcodeName(opcode), passed, theme));
  const title = framed ? "frames" : "";
  return [
    theme.dim(tableRow(title, head)),
    ...rows,
    passedRow("messages", messages, { ...theme, dim: theme.bold }),
  ];
}

/** The column is narrow for the long one. */
function opcodeName(opcode: number): string {
  const { name, reserved } = describeOpcode(opcode);
  return reserved ? `0x${opcode.toString(16)}` : name;
}

function passedRow(
  label: string,
  passed: ByDirection<Passed>,
  { dim }: Pick<Theme, "dim">,
): string {
  const cells = [passed.out, passed.in].flatMap(({ count, bytes }) =>
    count === 0 ? ["", ""] : [formatCount(count), formatBytes(bytes)],
  );
  return dim(padEnd(label, LABEL_COLUMNS)) + tableRow("", cells).slice(LABEL_COLUMNS);
}

function tableRow(label: string, cells: readonly string[]): string {
  const row = cells.map((cell) => padStart(cell, CELL_COLUMNS)).join("");
  return `${padEnd(label, LABEL_COLUMNS)}${row}`.trimEnd();
}

const SPREAD_HEAD = ["count", "min", "p50", "p90", "p99", "max"];
const SPREAD_COLUMNS = 9;

/** Sizes and times, a row for each that is known. */
function spreadLines(summary: DumpSummary, { theme }: Look): string[] {
  const { sizes, gapsMs, roundTripsMs, deflated } = summary;
  const rows = [
    ...spreadRows("size", sizes, formatBytes),
    ...spreadRows("gap", gapsMs, formatLatency),
    ...spreadRows("ping → pong", roundTripsMs, formatLatency),
  ];
  const deflate = (["out", "in"] as const).flatMap((dir) => {
    const { messages, inflated, wire } = deflated[dir];
    if (messages === 0) return [];
    const share = inflated === 0 ? "" : `, ${Math.round((100 * wire) / inflated)} %`;
    const text = `${formatPlural(messages, "message")}, ${formatBytes(inflated)} → ${formatBytes(wire)}${share}`;
    return [theme.dim(padEnd(`${arrowOf(dir)} deflate`, LABEL_COLUMNS + 2)) + text];
  });
  const head = spreadRow("", SPREAD_HEAD);
  return [
    ...(rows.length === 0 ? [] : [theme.dim(head)]),
    ...rows.map(([label, cells]) => theme.dim(label) + spreadRow(label, cells).slice(label.length)),
    ...deflate,
  ];
}

function spreadRows(
  label: string,
  spreads: ByDirection<HistogramSummary | undefined>,
  format: (value: number) => string,
): [label: string, cells: string[]][] {
  return (["out", "in"] as const).flatMap((dir) => {
    const spread = spreads[dir];
    if (!spread) return [];
    const { count, min, p50, p90, p99, max } = spread;
    const cells = [formatCount(count), ...[min, p50, p90, p99, max].map(format)];
    return [[`${arrowOf(dir)} ${label}`, cells]];
  });
}

function spreadRow(label: string, cells: readonly string[]): string {
  const row = cells.map((cell) => padStart(cell, SPREAD_COLUMNS)).join("");
  return `${padEnd(label, LABEL_COLUMNS + 2)}${row}`.trimEnd();
}

function arrowOf(dir: "out" | "in"): string {
  return dir === "out" ? "→" : "←";
}

/** How messages are distributed over sizes. */
function sizeLines({ sizeClasses }: DumpSummary, { theme, columns }: Look): string[] {
  const first = sizeClasses.findIndex(({ count }) => count > 0);
  const shown = sizeClasses.slice(Math.max(first, 0));
  // A single bar compares nothing.
  if (first === -1 || shown.length < 2) return [];
  const counts = shown.map(({ count }) => formatCount(count));
  const width = Math.max(...counts.map((count) => count.length));
  const rows = shown.map(({ from, count }, i) => ({
    label: `${padStart(from === 0 ? "empty" : `from ${formatBytes(from)}`, LABEL_COLUMNS + 1)}  ${padStart(counts[i] ?? "", width)}`,
    value: count,
  }));
  return [
    theme.dim("sizes of messages"),
    ...drawHistogram(rows, Math.min(columns, MAX_BAR_COLUMNS)),
  ];
}

function endLines({ closeCodes, violations }: DumpSummary, look: Look): string[] {
  const { bad } = look.theme;
  const closes = closeCodes.map(([code, count]) =>
    piece(`${formatCount(count)} × ${code} ${describeCloseCode(code).name}`),
  );
  const broken = violations.map(([rule, count]) => piece(`${formatCount(count)} × ${rule}`, bad));
  return [
    ...(closes.length === 0 ? [] : field("closed", closes, look)),
    ...(broken.length === 0 ? [] : field("violations", broken, look)),
  ];
}
