import { type Markup, markup } from "./markup.ts";

/** What is drawn, as data: the script of the page makes options of uPlot of it. */
export interface Plot {
  /** Unique in the page: a word. */
  readonly id: string;
  readonly title: string;
  /** What to know to read it. */
  readonly note?: string;
  readonly x: HorizontalAxis;
  /** One, or a left and a right one. */
  readonly axes: readonly ValueAxis[];
  readonly series: readonly PlotSeries[];
  readonly bands?: readonly Band[];
  /** Plots of the same name share their cursor and what is zoomed to. */
  readonly sync?: string;
}

/** - `tail`: 1 / (1 − share), shown as a percentile. */
export type Unit =
  | "ms"
  | "seconds"
  | "count"
  | "per-second"
  | "bytes"
  | "bytes-per-second"
  | "percent"
  | "cores"
  | "tail";

export interface HorizontalAxis {
  readonly label: string;
  readonly unit: Unit;
  readonly log: boolean;
  /** In rising order; for bars the edges between them, one more than there are bars. */
  readonly values: readonly number[];
  readonly min: number;
  readonly max: number;
  /** Where a logarithmic axis is labelled; default: at round numbers. */
  readonly ticks?: readonly number[];
}

export interface ValueAxis {
  readonly unit: Unit;
  /** Which scale it begins with, where both make sense. */
  readonly scale: "linear" | "switch-linear" | "switch-log";
  /** Absent where it follows from the values. */
  readonly max?: number;
}

/** Colors by meaning; the style sheet has a variable for each. */
export type Color =
  "out" | "in" | "first" | "second" | "third" | "quiet" | "bad" | "bad-2" | "bad-3" | "bad-4";

export interface PlotSeries {
  readonly label: string;
  readonly color: Color;
  readonly kind: "line" | "dashed" | "area" | "bars";
  /** Which of the axes it belongs to; default: the first. */
  readonly axis?: 0 | 1;
  readonly values: readonly (number | null)[];
}

/** A part of the horizontal axis that is shaded. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** The place in the page into which a plot is drawn. */
export function plotFigure({ id, title, note, axes }: Plot): Markup {
  const [first] = axes;
  const pressed = first?.scale === "switch-log" ? "true" : "false";
  const toggle = first === undefined || first.scale === "linear" ? [] : [logButton(pressed)];
  return markup`<figure class="plot" data-plot="${id}">
<figcaption><h3>${title}</h3>${note === undefined ? "" : markup`<p>${note}</p>`}${toggle}</figcaption>
<div class="drawing" role="img" aria-label="${title}"></div>
</figure>
`;
}

function logButton(pressed: "true" | "false"): Markup {
  return markup`<button type="button" class="log" aria-pressed="${pressed}">log scale</button>`;
}
