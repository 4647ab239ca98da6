import type { CapacityResult, CurvePoint } from "../bench/capacity.ts";
import { loadWords, measureWords, rate } from "./bench-report-words.ts";
import {
  answerText,
  errorText,
  holds,
  kneeText,
  limitText,
  loadNumber,
  loadText,
  outcomeText,
  trialFacts,
} from "./capacity-words.ts";
import { escapeControl } from "./escape.ts";
import { field, type FieldOptions, piece, words } from "./fields.ts";
import { formatLatency, formatPlural } from "./format.ts";
import { drawLines, type Series } from "./plot.ts";
import { countTick, fittingAxis, latencyTick, linearAxis, type PlotAxis } from "./plot-axis.ts";
import { tableLines } from "./table.ts";

/** A search in words, a table and a drawing; the first line is the answer. */
export function capacityReport(result: CapacityResult, options: FieldOptions): string[] {
  const { theme } = options;
  const { text, tone } = answerText(result);
  const limit = limitText(result);
  const knee = kneeText(result);
  return [
    ...field("capacity", words(text, theme[tone]), options),
    ...(limit === undefined ? [] : field("limit", words(limit), options)),
    ...(knee === undefined ? [] : field("knee", words(knee), options)),
    ...field("bench", shape(result, options), options),
    ...curveTable(result, options),
    ...curvePlot(result, options),
  ];
}

function shape(result: CapacityResult, { theme }: FieldOptions) {
  const { url, embedded, settings, vary, trials, search } = result;
  const { measure, load, connections } = settings;
  const server = embedded ? "embedded echo server" : url;
  const highest = Math.max(search.from, ...trials.map(({ load: tried }) => tried));
  const range = [...new Set([search.from, highest])].map((tried) => loadText(tried, vary));
  const facts = [
    measure,
    range.join(" to "),
    ...(vary === "rate"
      ? [formatPlural(connections, "socket")]
      : [loadWords(load, measureWords(measure))]),
    ...trialFacts(result),
  ];
  return [piece(server, theme.bold), ...facts.map((fact) => piece(fact))];
}

interface Column {
  readonly head: string;
  /** Undefined where it was not measured. */
  readonly cell: (point: CurvePoint) => string | undefined;
}

/** Each load in a line, the lowest first; what was measured at no load has no column. */
function curveTable(result: CapacityResult, options: FieldOptions): string[] {
  const { curve } = result;
  if (curve.length === 0) return [];
  const columns = [...figureColumns(result), outcomeColumn(result, options)].filter(({ cell }) =>
    curve.some((point) => cell(point) !== undefined),
  );
  const head = columns.map((column) => column.head);
  const rows = curve.map((point) => columns.map(({ cell }) => cell(point) ?? ""));
  const align = head.map((text) => (text === "" ? "left" : "right"));
  return ["", ...tableLines({ head, rows, align }, options.theme)];
}

function figureColumns({ vary, settings }: CapacityResult): Column[] {
  const time = (head: string, key: "p50" | "p99" | "p99_9"): Column => ({
    head,
    cell: ({ figures }) => figures.latency && formatLatency(figures.latency[key]),
  });
  return [
    { head: vary === "rate" ? "load/s" : "sockets", cell: ({ load }) => loadNumber(load) },
    {
      head: measureWords(settings.measure).perSecond,
      cell: ({ figures: { ratePerSecond: done } }) => (done === undefined ? done : rate(done)),
    },
    time("p50", "p50"),
    time("p99", "p99"),
    time("p99.9", "p99_9"),
    { head: "errors", cell: ({ figures }) => errorText(figures) },
    { head: "client", cell: ({ figures }) => `${Math.round(figures.clientBusy * 100)} %` },
    { head: "cores", cell: ({ figures }) => figures.serverCores?.toFixed(2) },
  ];
}

function outcomeColumn({ held }: CapacityResult, { theme }: FieldOptions): Column {
  const cell = (point: CurvePoint): string => {
    const text = outcomeText(point);
    if (point.load === held?.load) return theme.bold(theme.good(`${text} ◂`));
    return holds(point) ? theme.good(text) : theme.bad(text);
  };
  return { head: "", cell };
}

const ROWS = 10;
const TICKS = 5;
/** Wider drawings tell no more. */
const MOST_COLUMNS = 100;

/**
 * p99 over load, the axis dashed where it was not held; what held and what did not are lines of
 * their own, and each bound is one too.
 */
function curvePlot(result: CapacityResult, { theme, columns }: FieldOptions): string[] {
  const { held, vary, slo } = result;
  const points = result.curve.flatMap(({ load, figures }) =>
    figures.latency ? [{ x: load, y: figures.latency.p99 }] : [],
  );
  if (points.length < 2) return [];
  const bounds = slo.filter(({ unit }) => unit === "ms");
  const width = Math.min(columns, MOST_COLUMNS);
  const most = points.at(-1)?.x ?? 0;
  const x = linearAxis(0, most, Math.floor(width / 12), countTick);
  const y = fittingAxis(
    [...points.map((point) => point.y), ...bounds.map(({ bound }) => bound)],
    TICKS,
    latencyTick,
  );
  const edge = points.findLastIndex((point) => point.x <= (held?.load ?? 0));
  const series: Series[] = [
    { points: points.slice(0, edge + 1), style: theme.in },
    { points: points.slice(Math.max(0, edge)), style: theme.bad },
    ...bounds.map(({ bound }) => ({ points: level(bound, x), style: theme.warn, dotted: true })),
  ];
  const legend = bounds.map(({ expression }) => theme.warn(`⠄⠄ ${escapeControl(expression)}`));
  const solid = held && { from: x.from, to: held.load };
  const title = held ? `p99 by load, held up to ${loadText(held.load, vary)}` : "p99 by load";
  return [
    "",
    [theme.header(title), ...legend].join("   "),
    ...drawLines({
      series,
      width,
      height: ROWS,
      x,
      y,
      ...(solid && { solid }),
      axisStyle: theme.dim,
    }),
  ];
}

function level(y: number, { from, to }: PlotAxis) {
  return [
    { x: from, y },
    { x: to, y },
  ];
}
