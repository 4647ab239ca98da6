import { displayWidth, padStart } from "../width.ts";
import { type PlotAxis, positionOn, type Tick } from "./plot-axis.ts";
import { BrailleCanvas, DOTS_ACROSS, DOTS_DOWN } from "./braille.ts";
import { renderSpans, type Span, span } from "./span.ts";
import { plain, type Style } from "./theme.ts";

/** A line through points from left to right; it breaks off where there is no value. */
export interface Series {
  readonly points: readonly PlotPoint[];
  readonly style?: Style;
  /** How two lines are told apart without color. */
  readonly dotted?: boolean;
}

export interface PlotPoint {
  readonly x: number;
  readonly y: number | undefined;
}

export interface LinePlot {
  /** The first lies on top of the others. */
  readonly series: readonly Series[];
  /** Columns of a line, labels included. */
  readonly width: number;
  /** Rows of the drawing, without the two of the axis below it. */
  readonly height: number;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** The axis is dashed outside of this part. */
  readonly solid?: { readonly from: number; readonly to: number };
  /** For axes and their labels. */
  readonly axisStyle?: Style;
}

/** Of a dotted line each fourth dot is drawn. */
const DOTTED = 4;

/** Lines in dots of braille over labelled axes: `height` lines of text and two more. */
export function drawLines(plot: LinePlot): string[] {
  const { y, axisStyle = plain } = plot;
  const labels = Math.max(0, ...y.ticks.map(({ label }) => displayWidth(label)));
  const room = Math.max(2, plot.width - labels - 2);
  const canvas = drawCanvas(plot, room);
  const names = rowLabels(y, plot.height);
  const rows = Array.from({ length: plot.height }, (_, row) => {
    const name = names.get(row);
    const side = `${padStart(name ?? "", labels)} ${name === undefined ? "│" : "┤"}`;
    const cells = canvas
      .row(row)
      .map(({ text, owner }) =>
        span(text, owner === undefined ? plain : plot.series[owner]?.style),
      );
    return renderSpans(joinSpans([span(side, axisStyle), ...cells]));
  });
  const below = xAxis(plot, room).map((text) => axisStyle(`${" ".repeat(labels + 1)}${text}`));
  return [...rows, ...below];
}

function drawCanvas({ series, height, x, y }: LinePlot, columns: number): BrailleCanvas {
  const canvas = new BrailleCanvas(columns, height);
  const toDots = (point: PlotPoint): Dot | undefined =>
    point.y === undefined
      ? undefined
      : {
          x: Math.round(positionOn(x, point.x) * (columns * DOTS_ACROSS - 1)),
          y: Math.round(positionOn(y, point.y) * (height * DOTS_DOWN - 1)),
        };
  for (const [owner, { points, dotted }] of series.entries()) {
    const every = dotted ? DOTTED : 1;
    const dots = tracePolyline(points.map(toDots)).filter((_, i) => i % every === 0);
    for (const dot of dots) canvas.dot(dot.x, dot.y, owner);
  }
  return canvas;
}

interface Dot {
  readonly x: number;
  readonly y: number;
}

/** All dots on the way from point to point. */
function tracePolyline(points: readonly (Dot | undefined)[]): Dot[] {
  return points.flatMap((to, i) => {
    if (!to) return [];
    const from = points[i - 1];
    return from ? traceLine(from, to) : [to];
  });
}

/** The dots after `from`, up to `to`. */
function traceLine(from: Dot, to: Dot): Dot[] {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return Array.from({ length: steps }, (_, i) => ({
    x: Math.round(from.x + ((to.x - from.x) * (i + 1)) / steps),
    y: Math.round(from.y + ((to.y - from.y) * (i + 1)) / steps),
  }));
}

/** Which row has which label, the lowest value first where two meet. */
function rowLabels(y: PlotAxis, height: number): Map<number, string> {
  const labels = new Map<number, string>();
  for (const { at, label } of y.ticks) {
    const dot = Math.round(positionOn(y, at) * (height * DOTS_DOWN - 1));
    const row = height - 1 - Math.floor(dot / DOTS_DOWN);
    if (!labels.has(row)) labels.set(row, label);
  }
  return labels;
}

/** The line below the drawing, and the labels below that. */
function xAxis({ x, solid }: LinePlot, columns: number): [line: string, labels: string] {
  const at = (value: number) => Math.round(positionOn(x, value) * (columns - 1));
  const { marks, labels } = placeTicks(x.ticks, at, columns);
  const [from, to] = solid ? [at(solid.from), at(solid.to)] : [0, columns];
  const line = Array.from({ length: columns }, (_, column) => {
    if (marks.has(column)) return "┬";
    return column >= from && column <= to ? "─" : "╌";
  });
  return [`└${line.join("")}`, ` ${labels}`];
}

interface PlacedTicks {
  readonly marks: ReadonlySet<number>;
  readonly labels: string;
}

/** Labels centered below their marks: all, or every second, third …, so that none meet. */
function placeTicks(
  ticks: readonly Tick[],
  at: (value: number) => number,
  columns: number,
): PlacedTicks {
  for (let every = 1; every <= ticks.length; every++) {
    const some = ticks.filter((_, i) => i % every === 0);
    const placed = placeAll(some, at, columns);
    if (placed) return placed;
  }
  return { marks: new Set(), labels: "" };
}

/** Undefined where labels would meet. */
function placeAll(
  ticks: readonly Tick[],
  at: (value: number) => number,
  columns: number,
): PlacedTicks | undefined {
  let labels = "";
  for (const tick of ticks) {
    const width = displayWidth(tick.label);
    const start = Math.min(columns - width, at(tick.at) - Math.floor(width / 2));
    const used = displayWidth(labels);
    const gap = used === 0 ? Math.max(0, start) : start - used;
    if ((used > 0 && gap < 2) || gap + used + width > columns) return undefined;
    labels += " ".repeat(gap) + tick.label;
  }
  return { marks: new Set(ticks.map((tick) => at(tick.at))), labels };
}

/** Neighbours of one style as one: a drawing has hundreds of cells. */
function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const one of spans) {
    const last = joined.at(-1);
    if (last?.style === one.style)
      joined[joined.length - 1] = span(last.text + one.text, one.style);
    else joined.push(one);
  }
  return joined;
}

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * The latest `width` values as columns of one line, the largest of them at full height: `·` for 0,
 * a space where there is no value.
 */
export function drawSparkline(values: readonly (number | undefined)[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const largest = Math.max(0, ...shown.map((value) => value ?? 0));
  return shown
    .map((value) => {
      if (value === undefined) return " ";
      if (!(value > 0)) return "·";
      return LEVELS[Math.min(7, Math.floor((value / largest) * 8))] ?? "";
    })
    .join("");
}
