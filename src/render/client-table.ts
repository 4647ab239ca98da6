import type { ClientRow } from "../server/client-row.ts";
import { displayWidth, padEnd, padStart, truncate } from "../width.ts";
import { escapeControl } from "./escape.ts";
import type { FieldOptions } from "./fields.ts";
import { formatBytes, formatCount, formatDuration } from "./format.ts";
import { plain, type Style, type Theme } from "./theme.ts";

/** How much room things take: what is tried first is what looks best. */
interface Spacing {
  /** Between columns. */
  readonly gap: string;
  readonly address: number;
  readonly subprotocol: number;
}

const SPACINGS: readonly [Spacing, ...Spacing[]] = [
  { gap: "  ", address: 28, subprotocol: 16 },
  { gap: " ", address: 28, subprotocol: 16 },
  { gap: " ", address: 21, subprotocol: 8 },
];
/** Marks those whom a guard keeps out so far. */
const DETAINED = "*";

interface Column {
  readonly head: string;
  readonly cell: (row: ClientRow, spacing: Spacing) => string;
  readonly align: typeof padStart;
  readonly style: (theme: Theme) => Style;
  /** What matters least is left out first where there is no room for all. */
  readonly rank: number;
}

const COLUMNS: readonly Column[] = [
  left("id", 9, ({ id, detained }) => `#${id}${detained ? DETAINED : ""}`),
  left("address", 8, ({ address }, most) => truncate(escapeControl(address), most.address)),
  right("age", 4, ({ ageMs }) => shortAge(ageMs)),
  left("protocol", 1, ({ subprotocol = "" }, most) =>
    truncate(escapeControl(subprotocol), most.subprotocol),
  ),
  right("→ msgs", 6, ({ out }) => formatCount(out.messages), outStyle),
  right("→ bytes", 5, ({ out }) => formatBytes(out.bytes), outStyle),
  right("← msgs", 6, (row) => formatCount(row.in.messages), inStyle),
  right("← bytes", 5, (row) => formatBytes(row.in.bytes), inStyle),
  right("buffered", 7, ({ buffered }) => (buffered === 0 ? "–" : formatBytes(buffered))),
  right("rtt", 2, ({ rttMs }) => (rttMs === undefined ? "–" : formatDuration(rttMs))),
];

/** A line for each client below a line of headings: no line is wider than there are columns. */
export function clientTable(
  rows: readonly ClientRow[],
  { theme, columns }: FieldOptions,
): string[] {
  if (rows.length === 0) return [theme.dim("nobody is connected")];
  const { shown, gap } = fitting(COLUMNS, rows, columns);
  const lines = rows.map((_, i) =>
    shown.map(({ column, cells, width }) => {
      const cell = column.align(cells[i] ?? "", width);
      return column.style(theme)(cell);
    }),
  );
  const head = shown.map(({ column: { align, head: text }, width }) => align(text, width));
  return [
    theme.header(head.join(gap).trimEnd()),
    ...lines.map((cells) => cells.join(gap).trimEnd()),
    ...(rows.some(({ detained }) => detained)
      ? [theme.dim(`${DETAINED} has not shown yet that it may come in`)]
      : []),
  ];
}

function left(head: string, rank: number, cell: Column["cell"]): Column {
  return { head, cell, rank, align: padEnd, style: () => plain };
}

function right(
  head: string,
  rank: number,
  cell: Column["cell"],
  style: Column["style"] = () => plain,
): Column {
  return { head, cell, rank, align: padStart, style };
}

function outStyle({ out }: Theme): Style {
  return out;
}

function inStyle(theme: Theme): Style {
  return theme.in;
}

interface Measured {
  readonly column: Column;
  readonly cells: readonly string[];
  readonly width: number;
}

function measure(column: Column, rows: readonly ClientRow[], spacing: Spacing): Measured {
  const cells = rows.map((row) => column.cell(row, spacing));
  const width = cells.reduce(
    (most, cell) => Math.max(most, displayWidth(cell)),
    displayWidth(column.head),
  );
  return { column, cells, width };
}

interface Fitting {
  readonly shown: readonly Measured[];
  readonly gap: string;
}

/** The columns that have something to show, closer together or without the least of them. */
function fitting(all: readonly Column[], rows: readonly ClientRow[], columns: number): Fitting {
  const tries = SPACINGS.map((spacing): Fitting => {
    const measured = all.map((column) => measure(column, rows, spacing));
    return { shown: measured.filter(({ cells }) => cells.some(Boolean)), gap: spacing.gap };
  });
  const fits = tries.find((one) => widthOf(one) <= columns);
  if (fits) return fits;
  const least = Math.min(...all.map(({ rank }) => rank));
  const rest = all.filter(({ rank }) => rank !== least);
  return rest.length > 0 ? fitting(rest, rows, columns) : { shown: [], gap: "" };
}

function widthOf({ shown, gap }: Fitting): number {
  return shown.reduce((sum, { width }) => sum + width + gap.length, -gap.length);
}

/** `12s`, `2m05s`, `3h04m`, `2d03h`. */
function shortAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (!minutes) return `${seconds}s`;
  if (!hours) return `${minutes}m${twoDigits(seconds % 60)}s`;
  if (!days) return `${hours}h${twoDigits(minutes % 60)}m`;
  return `${days}d${twoDigits(hours % 24)}h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
