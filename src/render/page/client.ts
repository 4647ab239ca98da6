import type uPlot from "uplot";
import type { Color, HorizontalAxis, Plot, PlotSeries, Unit, ValueAxis } from "./plot.ts";

/**
 * The script of a page. It is written as functions of this project, which are put into the page by
 * their source: so it is checked by the compiler and the linter, formatted and tested as everything
 * else, and needs no second build.
 *
 * 1. Only functions listed at the end get into the page. They may call each other, and use nothing
 *    else of this module: no constant, no import but types.
 * 2. As they call each other by their names, all of them are in this one file: an import would be
 *    another name once it is compiled or bundled.
 * 3. What they use of the browser is declared here, as this project is compiled without its types.
 */

interface Node {
  readonly dataset: Record<string, string | undefined>;
  readonly clientWidth: number;
  readonly style: { color: string };
  textContent: string;
  hidden: boolean;
  append(child: Node): void;
  remove(): void;
  replaceChildren(): void;
  querySelector(selector: string): Node | null;
  addEventListener(type: string, listener: () => void): void;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  click(): void;
}
declare const document: {
  readonly documentElement: Node;
  readonly body: Node;
  createElement(name: string): Node & { href: string; download: string };
  querySelector(selector: string): Node | null;
};
declare const window: {
  readonly uPlot: typeof uPlot;
  readonly devicePixelRatio: number;
  addEventListener(type: string, listener: () => void): void;
  matchMedia(query: string): {
    readonly matches: boolean;
    addEventListener(type: "change", listener: () => void): void;
  };
};
declare const navigator: { clipboard?: { writeText(text: string): Promise<void> } };
declare function getComputedStyle(node: Node): { readonly color: string };
declare class ResizeObserver {
  constructor(listener: () => void);
  observe(node: Node): void;
}
declare class Path2D {
  rect(x: number, y: number, width: number, height: number): void;
}

/** A figure of the page and what is drawn in it. */
interface Drawing {
  readonly plot: Plot;
  readonly place: Node;
  readonly toggle: Node | null;
  chart: uPlot | undefined;
}

/** A number with its unit, in three digits. */
export function formatQuantity(unit: Unit, value: number): string {
  const digits = (number: number) =>
    Number(number.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 6 });
  const scaled = (units: readonly string[], base: number) => {
    const steps = value < base ? 0 : Math.floor(Math.log(value) / Math.log(base));
    const step = Math.min(steps, units.length - 1);
    return `${digits(value / base ** step)} ${units[step] ?? ""}`;
  };
  switch (unit) {
    case "ms":
      return value >= 1000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`;
    case "seconds":
      return formatClock(value);
    case "bytes":
      return scaled(["B", "KiB", "MiB", "GiB", "TiB"], 1024);
    case "bytes-per-second":
      return scaled(["B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s"], 1024);
    case "percent":
      return `${digits(value)} %`;
    case "per-second":
      return `${Number(value.toFixed(value < 10 ? 2 : 0)).toLocaleString("en-US")}/s`;
    case "cores":
    case "count":
      return Number(value.toFixed(2)).toLocaleString("en-US");
    case "tail":
      return formatPercentile(value);
    default:
      return unit satisfies never;
  }
}

/** Of seconds: `12 s`, `−2 s`, `3:20`, `1:03:20`. */
export function formatClock(seconds: number): string {
  const sign = seconds < 0 ? "−" : "";
  const whole = Math.abs(seconds);
  if (whole < 120) return `${sign}${Number(whole.toFixed(2))} s`;
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  const clock = `${minutes < 60 ? minutes : two(minutes % 60)}:${two(whole % 60)}`;
  return sign + (minutes < 60 ? clock : `${Math.floor(minutes / 60)}:${clock}`);
}

/** Of 1 / (1 − share): 10 is `90 %`, 1000 is `99.9 %`, as many digits as tell it from its neighbours. */
export function formatPercentile(tail: number): string {
  const digits = Math.max(0, Math.ceil(Math.log10(tail) - 1e-9) - 2);
  return `${Number((100 - 100 / tail).toFixed(tail > 2 ? digits + 1 : digits))} %`;
}

/** A color of the style sheet as the canvas knows it, in the theme of the moment. */
export function colorOf(name: Color | "line", alpha = 1): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return alpha === 1 ? color : color.replace(")", `, ${alpha})`);
}

export function horizontalScale({ values, min, max, log }: HorizontalAxis): uPlot.Scale {
  return {
    time: false,
    distr: log ? 3 : 1,
    // What is zoomed to is kept; all of it is shown as far as the axis goes.
    range: (_, from, to) => [from === values[0] ? min : from, to === values.at(-1) ? max : to],
  };
}

export function valueScale({ max }: ValueAxis, log: boolean): uPlot.Scale {
  if (!log) return { range: (_, __, top) => [0, max ?? (top > 0 ? top : 1) * 1.08] };
  const range = (_: uPlot, low: number | null, top: number | null): uPlot.Range.MinMax =>
    window.uPlot.rangeLog(low ?? 1, top ?? 10, 10, false);
  return { distr: 3, range };
}

/** Powers of ten, with 2 and 5 of each where there are few of them. */
export function logTicks(min: number, max: number): number[] {
  const steps = max / min > 200 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(min));
  const powers = Array.from(
    { length: Math.ceil(Math.log10(max)) - first + 1 },
    (_, i) => first + i,
  );
  return powers
    .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
    .filter((tick) => tick >= min && tick <= max);
}

export function horizontalAxis({ unit, log, ticks }: HorizontalAxis): uPlot.Axis {
  const seconds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600];
  const chosen: Partial<uPlot.Axis> = log
    ? {
        splits: (_, __, min, max) =>
          ticks?.filter((at) => at >= min && at <= max) ?? logTicks(min, max),
      }
    : { ...(unit === "seconds" && { incrs: seconds }) };
  return { ...axisStyle(unit), ...chosen, space: 56, size: 34, filter: (_, splits) => splits };
}

export function valueAxis({ unit }: ValueAxis, index: number, log: boolean): uPlot.Axis {
  const widest = (labels: readonly (string | null)[] | null) =>
    Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0));
  const increments = valueIncrements(unit);
  return {
    ...axisStyle(unit),
    scale: `y${index}`,
    side: index === 0 ? 3 : 1,
    grid: { show: index === 0, stroke: colorOf("line"), width: 1 },
    space: 36,
    size: (_, labels) => 20 + 6.6 * widest(labels),
    ...(increments && { incrs: increments }),
    ...(log && { splits: (_, __, min, max) => logTicks(min, max), filter: (_, ticks) => ticks }),
  };
}

/** Sizes in bytes have round numbers of their own, and half a socket is none. */
export function valueIncrements(unit: Unit): number[] | undefined {
  if (unit.startsWith("bytes")) return Array.from({ length: 50 }, (_, i) => 2 ** i);
  return unit === "count" ? logTicks(1, 1e9).flatMap((one) => [one, 2 * one, 5 * one]) : undefined;
}

export function axisStyle(unit: Unit): uPlot.Axis {
  return {
    stroke: colorOf("quiet"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: colorOf("line"), width: 1 },
    ticks: { show: false },
    gap: 8,
    values: (_, splits) =>
      splits.map((value: number | null) => (value === null ? "" : formatQuantity(unit, value))),
  };
}

export function seriesOptions(plot: Plot, series: PlotSeries): uPlot.Series {
  const { label, color, kind, axis = 0 } = series;
  const unit = plot.axes[axis]?.unit ?? "count";
  const filled = kind === "area" || kind === "bars";
  return {
    label,
    scale: `y${axis}`,
    stroke: colorOf(color),
    width: kind === "bars" ? 0 : 1.75,
    points: { size: 4, fill: colorOf(color) },
    value: (_, value: number | null) => (value === null ? "–" : formatQuantity(unit, value)),
    ...(filled && { fill: colorOf(color, kind === "bars" ? 0.75 : 0.12) }),
    ...(kind === "dashed" && { dash: [5, 4] }),
    ...(kind === "bars" && { paths: barPaths, points: { show: false } }),
  };
}

/** Bars from edge to edge, however wide each of them is. */
export function barPaths(chart: uPlot, seriesIndex: number): uPlot.Series.Paths {
  const fill = new Path2D();
  const [edges, values] = [chart.data[0], chart.data[seriesIndex] ?? []];
  const bottom = chart.bbox.top + chart.bbox.height;
  for (let i = 0; i + 1 < edges.length; i++) {
    const value = values[i] ?? 0;
    const left = chart.valToPos(edges[i] ?? 0, "x", true);
    const right = chart.valToPos(edges[i + 1] ?? 0, "x", true);
    const top = value > 0 ? chart.valToPos(value, "y0", true) : bottom;
    fill.rect(left, top, Math.max(1, right - left - window.devicePixelRatio), bottom - top);
  }
  return { fill, stroke: null, clip: null, flags: 0 };
}

/** For bars, the one that the cursor is in and not the nearest edge. */
export function barUnderCursor(chart: uPlot, closest: number, x: number): number {
  const edges = chart.data[0];
  const index = (edges[closest] ?? 0) > x ? closest - 1 : closest;
  return Math.max(0, Math.min(index, edges.length - 2));
}

export function drawBands(chart: uPlot, plot: Plot): void {
  const { ctx, bbox } = chart;
  const pixel = window.devicePixelRatio;
  const within = (x: number) => Math.min(Math.max(x, bbox.left), bbox.left + bbox.width);
  ctx.save();
  ctx.font = `${11 * pixel}px system-ui, sans-serif`;
  for (const { from, to, label } of plot.bands ?? []) {
    const left = within(chart.valToPos(from, "x", true));
    const width = within(chart.valToPos(to, "x", true)) - left;
    ctx.fillStyle = colorOf("quiet", 0.1);
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.fillStyle = colorOf("quiet");
    if (ctx.measureText(label).width + 8 * pixel > width) continue;
    ctx.fillText(label, left + 4 * pixel, bbox.top + 13 * pixel);
  }
  ctx.restore();
}

export function chartOptions(plot: Plot, width: number, log: boolean): uPlot.Options {
  const { x, axes, series, sync } = plot;
  const bars = series.some(({ kind }) => kind === "bars");
  const between = (index: number) =>
    [x.values[index], x.values[index + 1]].map((edge) => formatQuantity(x.unit, edge ?? 0));
  const xValue = (_: uPlot, value: number | null, __: number, index: number | null) =>
    value === null ? "–" : bars ? between(index ?? 0).join(" – ") : formatQuantity(x.unit, value);
  return {
    width,
    height: width < 420 ? 210 : 250,
    padding: [10, axes.length > 1 ? 0 : 16, 0, 0],
    scales: {
      x: horizontalScale(x),
      ...Object.fromEntries(axes.map((axis, i) => [`y${i}`, valueScale(axis, log && i === 0)])),
    },
    axes: [horizontalAxis(x), ...axes.map((axis, i) => valueAxis(axis, i, log && i === 0))],
    series: [{ label: x.label, value: xValue }, ...series.map((one) => seriesOptions(plot, one))],
    cursor: {
      y: false,
      points: { show: !bars },
      ...(sync !== undefined && { sync: { key: sync } }),
      ...(bars && { dataIdx: (chart, _, closest, at) => barUnderCursor(chart, closest, at) }),
    },
    hooks: { drawClear: [(chart) => drawBands(chart, plot)] },
  };
}

/** Draws in place of what was drawn: for another scale, another theme. */
export function draw(drawing: Drawing, width = drawing.place.clientWidth): void {
  const { plot, place, toggle } = drawing;
  const log = toggle?.getAttribute("aria-pressed") === "true";
  const positive = (value: number | null) => (value !== null && value > 0 ? value : null);
  const rows = plot.series.map(({ values }) => (log ? values.map(positive) : [...values]));
  drawing.chart?.destroy();
  place.replaceChildren();
  const data: uPlot.AlignedData = [[...plot.x.values], ...rows];
  drawing.chart = new window.uPlot(chartOptions(plot, width, log), data, place);
}

export function openDrawing(plot: Plot): Drawing[] {
  const figure = document.querySelector(`[data-plot="${plot.id}"]`);
  const place = figure?.querySelector(".drawing");
  if (!figure || !place) return [];
  const drawing: Drawing = { plot, place, toggle: figure.querySelector(".log"), chart: undefined };
  drawing.toggle?.addEventListener("click", () => {
    const pressed = drawing.toggle?.getAttribute("aria-pressed") === "true";
    drawing.toggle?.setAttribute("aria-pressed", String(!pressed));
    draw(drawing);
  });
  let drawnWidth = 0;
  new ResizeObserver(() => {
    const width = place.clientWidth;
    if (width !== drawnWidth && width > 0) draw(drawing);
    drawnWidth = width;
  }).observe(place);
  return [drawing];
}

/** The button says what it changes to; the system decides as long as nobody pressed it. */
export function followTheme(redraw: () => void): void {
  const root = document.documentElement;
  const button = document.querySelector("#theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    if (button) button.textContent = isDark() ? "Light" : "Dark";
    redraw();
  };
  button?.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  if (button) button.textContent = isDark() ? "Light" : "Dark";
}

/** Paper is light, and as wide as it is whatever the window was. */
export function followPrinting(drawings: readonly Drawing[]): void {
  const root = document.documentElement;
  let theme: string | undefined;
  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    for (const drawing of drawings) draw(drawing, 320);
  });
  window.addEventListener("afterprint", () => {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const drawing of drawings) draw(drawing);
  });
}

export function offerData(): void {
  const data = document.querySelector("#data");
  if (!data) return;
  const json = () => `${JSON.stringify(JSON.parse(data.textContent), null, 2)}\n`;
  document.querySelector("#download")?.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([json()], { type: "application/json" }));
    link.download = data.dataset.name ?? "data.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const copy = document.querySelector("#copy");
  const { clipboard } = navigator;
  if (!copy || !clipboard) return;
  copy.hidden = false;
  copy.addEventListener("click", () => {
    clipboard.writeText(json()).then(
      () => (copy.textContent = "Copied"),
      () => (copy.textContent = "Not allowed"),
    );
  });
}

export function startPage(): void {
  const plots = JSON.parse(document.querySelector("#plots")?.textContent ?? "[]") as Plot[];
  const drawings = plots.flatMap(openDrawing);
  followTheme(() => {
    for (const drawing of drawings) draw(drawing);
  });
  followPrinting(drawings);
  offerData();
}

/** The source of the script: all of the functions above, and a call of the last one. */
export function clientScript(): string {
  const functions = [
    formatQuantity,
    formatClock,
    formatPercentile,
    colorOf,
    horizontalScale,
    valueScale,
    logTicks,
    horizontalAxis,
    valueAxis,
    valueIncrements,
    axisStyle,
    seriesOptions,
    barPaths,
    barUnderCursor,
    drawBands,
    chartOptions,
    draw,
    openDrawing,
    followTheme,
    followPrinting,
    offerData,
    startPage,
  ];
  return `"use strict";\n${functions.map(String).join("\n")}\n${startPage.name}();\n`;
}
