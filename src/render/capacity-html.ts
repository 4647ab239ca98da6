import type { CapacityResult, CurvePoint } from "../bench/capacity.ts";
import type { CapacityTrial } from "../bench/capacity-trial.ts";
import { latency, percent, rate } from "./bench-report-words.ts";
import { MEASURES } from "./bench-page-words.ts";
import {
  answerText,
  errorText,
  holds,
  kneeText,
  limitText,
  loadNumber,
  loadText,
  objectiveText,
  outcomeText,
  trialFacts,
} from "./capacity-words.ts";
import { formatPlural } from "./format.ts";
import { type Markup, markup } from "./page/markup.ts";
import { type PageAssets, renderPage, type Section } from "./page/page.ts";
import { type Card, cards, table, type TableRow } from "./page/parts.ts";
import type { HorizontalAxis, Plot, PlotSeries } from "./page/plot.ts";

/** A finished search as one page that needs nothing beside it. */
export function capacityHtml(result: CapacityResult, assets: PageAssets): string {
  const page = {
    title: `${result.url} – framecat bench capacity`,
    head: head(result),
    sections: sections(result),
    data: { name: fileName(result), value: result },
  };
  return renderPage(page, assets);
}

/** The time of the search in a form that every file system takes. */
function fileName({ startedAt }: CapacityResult): string {
  return `capacity-${startedAt.replaceAll(/[^0-9TZ]/g, "")}.json`;
}

function head(result: CapacityResult): Markup {
  const { settings, vary, search, embedded, url, startedAt } = result;
  const { text, tone } = answerText(result);
  const limit = limitText(result);
  const { connections } = settings;
  const facts = [
    MEASURES[settings.measure].name,
    `from ${loadText(search.from, vary)}`,
    ...(vary === "rate" ? [formatPlural(connections, "socket")] : []),
    ...trialFacts(result),
  ];
  const started = startedAt.replace(/^(.*)T(.*?)(?:\.\d+)?Z$/, "$1 $2 UTC");
  return markup`<div class="top"><span>framecat bench capacity · ${started}</span><button type="button" id="theme">Dark</button></div>
<h1>${embedded ? "embedded echo server" : url}</h1>
<p class="facts">${facts.join(" · ")}</p>
<p class="verdict ${tone}"><span>${sentence(text)}</span></p>
${limit === undefined ? "" : markup`<p class="quiet">${sentence(limit)}</p>`}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
}

function sections(result: CapacityResult): Section[] {
  const { trials } = result;
  if (trials.length === 0) return [];
  const knee = kneeText(result);
  const body = knee === undefined ? undefined : markup`<p class="quiet">${sentence(knee)}</p>`;
  return [
    { body: cards(keyFigures(result)) },
    { title: "Load and latency", ...(body && { body }), plots: plotsOf(result) },
    {
      title: "By load",
      body: curveTable(result),
    },
    {
      title: "Trials",
      body: table({
        head: ["", "load", "", "p99", "errors", "note"],
        rows: trials.map((trial, i) => trialRow(trial, i, result)),
        words: [5],
      }),
    },
  ];
}

function keyFigures(result: CapacityResult): Card[] {
  const { held, vary, curve, knee, trials } = result;
  const at = curve.find(({ load }) => load === held?.load);
  const next = curve.find(({ load }) => load > (held?.load ?? 0));
  const unit = vary === "rate" ? "/s" : "sockets";
  const card = (label: string, load: number | undefined, more: string): Card => ({
    label,
    value: load === undefined ? "–" : loadNumber(load),
    ...(load !== undefined && { unit }),
    more: markup`<span>${more}</span>`,
  });
  const confirmed = held?.confirmed ? "confirmed" : "not confirmed";
  return [
    card("highest load held", held?.load, held ? confirmed : "no load held"),
    {
      label: "p99 there",
      value: at?.figures.latency ? latency(at.figures.latency.p99) : "–",
      more: markup`<span>p50 ${at?.figures.latency ? latency(at.figures.latency.p50) : "–"}</span>`,
    },
    card("next load that did not", next?.load, next ? outcomeText(next) : "none was tried"),
    card("knee", knee?.load, knee ? `p99 ${latency(knee.p99)}` : "latency does not bend"),
    {
      label: "trials",
      value: String(trials.length),
      more: markup`<span>${objectiveText(result)}</span>`,
    },
  ];
}

function plotsOf(result: CapacityResult): Plot[] {
  const { curve } = result;
  const [first, last] = [curve[0]?.load, curve.at(-1)?.load];
  if (first === undefined || last === undefined || first === last) return [];
  const x: HorizontalAxis = {
    label: "load",
    unit: result.vary === "rate" ? "per-second" : "count",
    log: false,
    values: curve.map(({ load }) => load),
    min: 0,
    max: last,
  };
  const works = curve.some(({ figures }) => figures.ratePerSecond !== undefined);
  return [latencyPlot(result, x), ...(works ? [workPlot(result, x)] : [])];
}

function latencyPlot({ curve, slo, held }: CapacityResult, x: HorizontalAxis): Plot {
  const line = (key: "p50" | "p99", color: PlotSeries["color"]): PlotSeries => ({
    label: key,
    color,
    kind: "line",
    values: curve.map(({ figures }) => figures.latency?.[key] ?? null),
  });
  const bounds = slo
    .filter(({ unit }) => unit === "ms")
    .map(({ expression, bound }): PlotSeries => ({
      label: expression,
      color: "bad",
      kind: "dashed",
      values: curve.map(() => bound),
    }));
  return {
    id: "latency",
    title: "Latency by load",
    ...beyond(held?.load, x),
    x,
    axes: [{ unit: "ms", scale: "switch-log" }],
    series: [line("p99", "second"), line("p50", "first"), ...bounds],
    sync: "load",
  };
}

/** Where load grows and throughput does not, the server is at its end. */
function workPlot({ curve, held }: CapacityResult, x: HorizontalAxis): Plot {
  const cores = curve.map(({ figures }) => figures.serverCores ?? null);
  const watched = cores.some((value) => value !== null);
  return {
    id: "work",
    title: watched ? "Throughput and the server’s cores by load" : "Throughput by load",
    ...beyond(held?.load, x),
    x,
    axes: [
      { unit: "per-second", scale: "linear" },
      ...(watched ? [{ unit: "cores", scale: "linear" } as const] : []),
    ],
    series: [
      {
        label: "throughput",
        color: "in",
        kind: "line",
        values: curve.map(({ figures }) => figures.ratePerSecond ?? null),
      },
      ...(watched
        ? [{ label: "cores", color: "third", kind: "dashed", axis: 1, values: cores } as const]
        : []),
    ],
    sync: "load",
  };
}

/** What lies above the highest load that held is shaded. */
function beyond(held: number | undefined, { min, max }: HorizontalAxis): Pick<Plot, "bands"> {
  const from = held ?? min;
  return from < max ? { bands: [{ from, to: max, label: "not held" }] } : {};
}

interface Column {
  readonly head: string;
  /** Undefined where it was not measured. */
  readonly cell: (point: CurvePoint) => string | Markup | undefined;
}

/** Each load in a row, the lowest first; what was measured at no load has no column. */
function curveTable(result: CapacityResult): Markup {
  const { curve } = result;
  const columns = curveColumns(result).filter(({ cell }) =>
    curve.some((point) => cell(point) !== undefined),
  );
  const rows = curve.map((point) => ({ cells: columns.map(({ cell }) => cell(point) ?? "") }));
  return table({ head: columns.map(({ head: name }) => name), rows });
}

function curveColumns({ vary, held }: CapacityResult): Column[] {
  const times = ["p50", "p99", "p99_9", "max"] as const;
  const mark = ({ load }: CurvePoint) => (load === held?.load ? " ◂" : "");
  const tone = (point: CurvePoint) => (holds(point) ? "good" : "bad");
  return [
    { head: vary === "rate" ? "load" : "sockets", cell: ({ load }) => loadText(load, vary) },
    {
      head: "throughput",
      cell: ({ figures: { ratePerSecond: done } }) =>
        done === undefined ? done : `${rate(done)}/s`,
    },
    ...times.map((key): Column => ({
      head: key.replace("_", "."),
      cell: ({ figures }) => figures.latency && latency(figures.latency[key]),
    })),
    { head: "errors", cell: ({ figures }) => errorText(figures) },
    { head: "client", cell: ({ figures }) => percent(figures.clientBusy) },
    { head: "cores", cell: ({ figures }) => figures.serverCores?.toFixed(2) },
    {
      head: "",
      cell: (point) =>
        markup`<span class="${tone(point)}">${outcomeText(point)}${mark(point)}</span>`,
    },
  ];
}

const OUTCOMES = {
  held: markup`<span class="good">held</span>`,
  missed: markup`<span class="bad">missed</span>`,
  "client-limited": markup`<span class="warn">unclear</span>`,
} as const;

function trialRow(trial: CapacityTrial, index: number, { vary }: CapacityResult): TableRow {
  const { load, outcome, figures, reasons } = trial;
  return {
    cells: [
      String(index + 1),
      loadText(load, vary),
      OUTCOMES[outcome],
      figures.latency ? latency(figures.latency.p99) : "",
      errorText(figures),
      reasons.join(" "),
    ],
  };
}
