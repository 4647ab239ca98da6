import { stripVTControlCharacters } from "node:util";
import type { Bin } from "../bench/distribution.ts";
import type { Interval, Measure } from "../bench/result.ts";
import type { BenchView, Curves, PercentilePoint } from "../bench/view.ts";
import { displayWidth, padStart } from "../width.ts";
import {
  type PlotAxis,
  countTick,
  fittingAxis,
  latencyTick,
  linearAxis,
  type Tick,
  timeAxis,
} from "./plot-axis.ts";
import { drawHistogram } from "./bars.ts";
import { latency, measureWords, percent } from "./bench-report-words.ts";
import type { FieldOptions } from "./fields.ts";
import { drawLines, type PlotPoint, type Series } from "./plot.ts";
import { plain, type Style } from "./theme.ts";

/** From so many columns on two drawings stand side by side. */
const WIDE = 120;
/** Wider drawings tell no more. */
const MOST_COLUMNS = { one: 80, two: 160 };
const GAP = 4;
const ROWS = { percentiles: 9, time: 7 };
/** A line through fewer points than this tells nothing that the tables do not. */
const FEWEST_POINTS = 5;

interface Canvas extends FieldOptions {
  readonly measure: Measure;
}
type Drawing = readonly string[];

/** All that is drawn of a run: how latencies are distributed, and how the run went over time. */
export function plotSection({ result, curves }: BenchView, options: FieldOptions): string[] {
  const { theme, columns } = options;
  const { measure } = result.settings;
  const wide = columns >= WIDE;
  const width = wide
    ? Math.floor((Math.min(columns, MOST_COLUMNS.two) - GAP) / 2)
    : Math.min(columns, MOST_COLUMNS.one);
  const canvas: Canvas = { theme, columns: width, measure };
  const { histogram } = measureWords(measure);
  const main = curves[histogram];
  // Only a latency has a service time beside it, the part of it that the plan has no share in.
  const service = histogram === "latency" ? curves.service : undefined;
  const drawings = [
    ...(main ? [drawDistribution(main.bins, canvas)] : []),
    ...(main ? [drawPercentiles(main, service, canvas)] : []),
    ...timeDrawings(result.intervals, canvas),
  ].filter((drawing) => drawing.length > 0);
  return wide ? pairs(drawings, width) : drawings.flatMap((drawing) => ["", ...drawing]);
}

function title(text: string, { theme }: FieldOptions, legend = ""): string {
  return `${theme.header(text)}${legend === "" ? "" : `   ${legend}`}`;
}

function drawDistribution(bins: readonly Bin[], canvas: Canvas): Drawing {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const bounds = bins.map(({ fromMs }) => latency(fromMs));
  const width = Math.max(...bounds.map(({ length }) => length));
  const rows = bins.map(({ count }, i) => ({
    label: `${padStart(bounds[i] ?? "", width)}  ${padStart(percent(count / total), 8)}`,
    value: count,
  }));
  const name = `distribution of ${measureWords(canvas.measure).times}`;
  return [title(name, canvas), ...drawHistogram(rows, canvas.columns, canvas.theme.in)];
}

/** Each step to the right leaves a tenth as many values beyond it. */
function nines(share: number): number {
  return -Math.log10(1 - share);
}

const PERCENTILES = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];

function drawPercentiles(main: Curves, service: Curves | undefined, canvas: Canvas): Drawing {
  if (main.percentiles.length < FEWEST_POINTS) return [];
  const { theme, columns } = canvas;
  const end = Math.max(
    ...main.percentiles.filter(({ share }) => share < 1).map(({ share }) => nines(share)),
  );
  const ticks = PERCENTILES.map((share): Tick => ({
    at: nines(share),
    label: percentLabel(share),
  }));
  const x: PlotAxis = { from: 0, to: end, ticks: ticks.filter(({ at }) => at <= end) };
  const series: Series[] = [
    { points: toPoints(main.percentiles, end), style: theme.in },
    ...(service
      ? [{ points: toPoints(service.percentiles, end), style: theme.out, dotted: true }]
      : []),
  ];
  const y = fittingAxis(valuesOf(series), 6, latencyTick);
  const legend = service ? `${theme.in("⠤⠤ corrected")}   ${theme.out("⠄⠄ service")}` : "";
  return [
    title(`percentiles of ${measureWords(canvas.measure).times}`, canvas, legend),
    ...drawLines({ series, width: columns, height: ROWS.percentiles, x, y, axisStyle: theme.dim }),
  ];
}

function percentLabel(share: number): string {
  return `${Number((share * 100).toPrecision(8))} %`;
}

function toPoints(points: readonly PercentilePoint[], end: number): PlotPoint[] {
  return points.map(({ share, ms }) => ({ x: Math.min(end, nines(share)), y: ms }));
}

function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ points }) => points.flatMap(({ y }) => (y === undefined ? [] : [y])));
}

/** What changes from interval to interval. */
interface OverTime {
  readonly name: string;
  readonly value: (interval: Interval) => number | undefined;
  readonly style: Style;
  readonly axis: (values: readonly number[]) => PlotAxis;
}

const TICKS = 4;

function timeDrawings(intervals: readonly Interval[], canvas: Canvas): Drawing[] {
  const { measure } = canvas;
  const open = new Set(intervals.filter(({ counted }) => counted).map((one) => one.open));
  const sockets = open.size > 1 ? [openSockets()] : [];
  const [passed, late] = [throughput(canvas), tailLatency(canvas)];
  // Of idle sockets it counts that they stay, not how many pings they are sent.
  const all = measure === "hold" ? [...sockets, late] : [passed, late, ...sockets];
  return all.map((one) => drawOverTime(one, intervals, canvas));
}

function throughput({ measure, theme }: Canvas): OverTime {
  return {
    name: `throughput over time (${measureWords(measure).perSecond})`,
    value: (one) => (measure === "connect" ? one.opened : one.messagesIn) / seconds(one),
    style: theme.in,
    axis: (values) => linearAxis(0, Math.max(...values), TICKS, countTick),
  };
}

function tailLatency({ measure, theme }: Canvas): OverTime {
  return {
    name: `p99 of ${measureWords(measure).times} over time`,
    value: (one) => one.latency?.p99,
    style: theme.out,
    axis: (values) => fittingAxis(values, TICKS, latencyTick),
  };
}

function openSockets(): OverTime {
  return {
    name: "open sockets over time",
    // While the first ones connect, their number says nothing, and hides those that drop later.
    value: (one) => (one.counted ? one.open : undefined),
    style: plain,
    axis: socketAxis,
  };
}

function seconds({ startMs, endMs }: Interval): number {
  return (endMs - startMs) / 1000;
}

/** Of thousands of sockets a few that drop are to be seen: the axis begins where they do. */
function socketAxis(values: readonly number[]): PlotAxis {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  // There is no half of a socket.
  const from = Math.max(0, Math.min(min, max - TICKS + 1));
  return linearAxis(min > max / 2 ? from : 0, max, TICKS, countTick);
}

function drawOverTime(what: OverTime, intervals: readonly Interval[], canvas: Canvas): Drawing {
  const points = intervals
    .filter((one) => one.endMs > one.startMs)
    .map((one) => ({ x: (one.startMs + one.endMs) / 2, y: what.value(one) }));
  const values = points.flatMap(({ y }) => (y === undefined ? [] : [y]));
  if (values.length < FEWEST_POINTS) return [];
  const counted = intervals.filter((one) => one.counted);
  const [first, last] = [counted[0], counted.at(-1)];
  const solid = first && last ? { from: first.startMs, to: last.endMs } : undefined;
  const x = timeAxis(
    Math.min(...intervals.map(({ startMs }) => startMs)),
    Math.max(...intervals.map(({ endMs }) => endMs)),
    Math.floor(canvas.columns / 12),
  );
  const drawn = drawLines({
    series: [{ points, style: what.style }],
    width: canvas.columns,
    height: ROWS.time,
    x,
    y: what.axis(values),
    ...(solid && { solid }),
    axisStyle: canvas.theme.dim,
  });
  return [title(what.name, canvas), ...drawn];
}

/** Two by two, as high as the higher one. */
function pairs(drawings: readonly Drawing[], width: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < drawings.length; i += 2) {
    const [left = [], right = []] = [drawings[i], drawings[i + 1]];
    lines.push("");
    for (let row = 0; row < Math.max(left.length, right.length); row++) {
      lines.push(`${padStyled(left[row] ?? "", width + GAP)}${right[row] ?? ""}`.trimEnd());
    }
  }
  return lines;
}

function padStyled(text: string, columns: number): string {
  const width = displayWidth(stripVTControlCharacters(text));
  return text + " ".repeat(Math.max(0, columns - width));
}
