import type { BenchResult, HistogramName, Interval, ServerSample } from "../bench/result.ts";
import type { BenchView, PercentilePoint } from "../bench/view.ts";
import type { Band, Color, HorizontalAxis, Plot, PlotSeries } from "./page/plot.ts";

/** The histogram that a run is about: round trips, gaps between messages, or handshakes. */
export function mainHistogram({ histograms }: BenchResult): HistogramName | undefined {
  return (["latency", "gap", "handshake"] as const).find((name) => histograms[name] !== undefined);
}

/** How long things took, whatever the moment. */
export function latencyPlots(view: BenchView): Plot[] {
  const main = mainHistogram(view.result);
  if (main === undefined) return [];
  return [distributionPlot(view, main), percentilePlot(view, main)].filter((plot) => plot !== null);
}

/** How the run went, second by second; all of one time axis. */
export function timePlots({ result }: BenchView): Plot[] {
  const plots = [
    throughputPlot(result),
    bytesPlot(result),
    latencyTimePlot(result),
    socketPlot(result),
    failurePlot(result),
    clientPlot(result),
    serverPlot(result),
  ];
  return plots.filter((plot) => plot !== null);
}

const CAPTIONS: Readonly<Partial<Record<HistogramName, string>>> = {
  latency: "Latency",
  gap: "Gaps between messages",
  handshake: "Handshake time",
};

function distributionPlot({ curves }: BenchView, name: HistogramName): Plot | null {
  const bins = curves[name]?.bins ?? [];
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const first = bins[0]?.fromMs;
  if (first === undefined || total === 0) return null;
  const values = [first, ...bins.map(({ toMs }) => toMs)];
  const last = values.at(-1) ?? first;
  const shares = bins.map(({ count }) => (100 * count) / total);
  return {
    id: "distribution",
    title: `${CAPTIONS[name] ?? name}, distribution`,
    note: "Share of all that was measured, in steps of equal ratio.",
    x: {
      label: "between",
      unit: "ms",
      log: true,
      values,
      min: first,
      max: last,
    },
    axes: [{ unit: "percent", scale: "switch-linear" }],
    series: [{ label: "share", color: "first", kind: "bars", values: [...shares, null] }],
  };
}

function percentilePlot({ curves }: BenchView, name: HistogramName): Plot | null {
  const main = tailPoints(curves[name]?.percentiles);
  const service = name === "latency" ? tailPoints(curves.service?.percentiles) : [];
  const longest = service.length > main.length ? service : main;
  const max = longest.at(-1)?.tail;
  if (max === undefined) return null;
  const values = (points: readonly TailPoint[]) => longest.map((_, i) => points[i]?.ms ?? null);
  const corrected = service.length > 0;
  const line: PlotSeries = {
    label: corrected ? "corrected" : (CAPTIONS[name] ?? name).toLowerCase(),
    color: "first",
    kind: "line",
    values: values(main),
  };
  const other: PlotSeries = {
    label: "service",
    color: "second",
    kind: "dashed",
    values: values(service),
  };
  return {
    id: "percentiles",
    title: `${CAPTIONS[name] ?? name}, percentiles`,
    note: corrected
      ? "Corrected: from the planned moment of sending. Service: from the sending itself."
      : "How long the slowest of so many took.",
    x: {
      label: "percentile",
      unit: "tail",
      log: true,
      values: longest.map(({ tail }) => tail),
      min: 1,
      max,
      ticks: tailTicks(max),
    },
    axes: [{ unit: "ms", scale: "switch-log" }],
    series: corrected ? [line, other] : [line],
  };
}

interface TailPoint {
  /** 1 / (1 − share). */
  readonly tail: number;
  readonly ms: number;
}

/** Without the last point, which is that of the greatest value: it lies at infinity. */
function tailPoints(points: readonly PercentilePoint[] = []): TailPoint[] {
  return points
    .filter(({ share }) => share < 1)
    .map(({ share, ms }) => ({ tail: 1 / (1 - share), ms }));
}

/** 50 %, and one for each further nine. */
function tailTicks(max: number): number[] {
  const nines = Array.from({ length: Math.floor(Math.log10(max)) }, (_, i) => 10 ** (i + 1));
  return [2, ...nines];
}

function timeAxis(result: BenchResult, timesMs: readonly number[]): HorizontalAxis {
  const { intervals } = result;
  const last = Math.max(intervals.at(-1)?.endMs ?? 0, timesMs.at(-1) ?? 0);
  return {
    label: "time",
    unit: "seconds",
    log: false,
    values: timesMs.map((ms) => ms / 1000),
    min: (intervals[0]?.startMs ?? 0) / 1000,
    max: last / 1000,
  };
}

/** What lies before and after the measured window, as one band each. */
export function uncountedBands({ intervals, settings }: BenchResult): Band[] {
  const band = (part: readonly Interval[], label: string): Band[] => {
    const [first, last] = [part[0], part.at(-1)];
    return first && last ? [{ from: first.startMs / 1000, to: last.endMs / 1000, label }] : [];
  };
  const uncounted = intervals.filter(({ counted }) => !counted);
  return [
    ...band(
      uncounted.filter(({ startMs }) => startMs < 0),
      settings.warmupMs > 0 ? "warm-up" : "connecting",
    ),
    ...band(
      uncounted.filter(({ startMs }) => startMs >= 0),
      "drain",
    ),
  ];
}

type TimePlot = Pick<Plot, "id" | "title" | "axes"> & {
  readonly note?: string;
  readonly series: readonly PlotSeries[];
};

/** A plot with a value for each interval; nothing where there is no interval. */
function intervalPlot(result: BenchResult, plot: TimePlot, at: "middle" | "end"): Plot | null {
  const { intervals } = result;
  if (intervals.length === 0) return null;
  const times = intervals.map(({ startMs, endMs }) =>
    at === "end" ? endMs : (startMs + endMs) / 2,
  );
  return { ...plot, x: timeAxis(result, times), bands: uncountedBands(result), sync: "time" };
}

function perSecond(intervals: readonly Interval[], count: (interval: Interval) => number) {
  return intervals.map((interval) => {
    const seconds = (interval.endMs - interval.startMs) / 1000;
    return seconds > 0 ? count(interval) / seconds : null;
  });
}

function throughputPlot(result: BenchResult): Plot | null {
  const { intervals } = result;
  const series: PlotSeries[] = [
    {
      label: "→ out",
      color: "out",
      kind: "line",
      values: perSecond(intervals, ({ messagesOut }) => messagesOut),
    },
    {
      label: "← in",
      color: "in",
      kind: "dashed",
      values: perSecond(intervals, ({ messagesIn }) => messagesIn),
    },
  ];
  const axes = [{ unit: "per-second", scale: "linear" }] as const;
  return intervalPlot(result, { id: "throughput", title: "Messages", axes, series }, "middle");
}

function bytesPlot(result: BenchResult): Plot | null {
  const { intervals } = result;
  const series: PlotSeries[] = [
    {
      label: "→ out",
      color: "out",
      kind: "line",
      values: perSecond(intervals, ({ bytesOut }) => bytesOut),
    },
    {
      label: "← in",
      color: "in",
      kind: "line",
      values: perSecond(intervals, ({ bytesIn }) => bytesIn),
    },
  ];
  const axes = [{ unit: "bytes-per-second", scale: "linear" }] as const;
  const title = "Bytes, headers of frames included";
  return intervalPlot(result, { id: "bytes", title, axes, series }, "middle");
}

function latencyTimePlot(result: BenchResult): Plot | null {
  const { intervals, settings } = result;
  if (!intervals.some(({ latency }) => latency)) return null;
  const curve = (key: "p50" | "p99" | "max", color: Color): PlotSeries => ({
    label: key,
    color,
    kind: "line",
    values: intervals.map(({ latency }) => latency?.[key] ?? null),
  });
  const title = settings.measure === "push" ? "Gaps between messages" : "Latency";
  const series = [curve("max", "third"), curve("p99", "second"), curve("p50", "first")];
  const axes = [{ unit: "ms", scale: "switch-log" }] as const;
  return intervalPlot(result, { id: "latency", title, axes, series }, "middle");
}

function socketPlot(result: BenchResult): Plot | null {
  const values = result.intervals.map(({ open }) => open);
  const series: PlotSeries[] = [{ label: "open", color: "first", kind: "area", values }];
  const axes = [{ unit: "count", scale: "linear" }] as const;
  return intervalPlot(result, { id: "sockets", title: "Open sockets", axes, series }, "end");
}

const FAILURE_COLORS = ["bad", "bad-2", "bad-3", "bad-4"] as const;

function failurePlot(result: BenchResult): Plot | null {
  const { intervals } = result;
  const kinds = [...new Set(intervals.flatMap(({ failures }) => failureKinds(failures)))];
  if (kinds.length === 0) return null;
  const series = kinds.map((kind, i): PlotSeries => ({
    label: kind,
    color: FAILURE_COLORS[i % FAILURE_COLORS.length] ?? "bad",
    kind: i < FAILURE_COLORS.length ? "line" : "dashed",
    values: intervals.map(({ failures }) => failures[kind] ?? 0),
  }));
  const axes = [{ unit: "count", scale: "linear" }] as const;
  const plot = { id: "failures", title: "Failures of sockets, in each interval", axes, series };
  return intervalPlot(result, plot, "middle");
}

function failureKinds(failures: Interval["failures"]) {
  return Object.keys(failures) as (keyof Interval["failures"])[];
}

function clientPlot(result: BenchResult): Plot | null {
  const values = result.intervals.map(({ busy }) => 100 * busy);
  const series: PlotSeries[] = [{ label: "busy", color: "first", kind: "area", values }];
  const axes = [{ unit: "percent", scale: "linear", max: 100 }] as const;
  const title = "Client, the busiest worker";
  return intervalPlot(result, { id: "client", title, axes, series }, "middle");
}

function serverPlot(result: BenchResult): Plot | null {
  const samples = result.server?.samples ?? [];
  if (samples.length === 0) return null;
  const values = (pick: (sample: ServerSample) => number) => samples.map(pick);
  return {
    id: "server",
    title: "Server",
    note: "Cores in use on the left, resident memory on the right.",
    axes: [
      { unit: "cores", scale: "linear" },
      { unit: "bytes", scale: "linear" },
    ],
    series: [
      { label: "cores", color: "first", kind: "area", values: values(({ cores }) => cores) },
      {
        label: "memory",
        color: "second",
        kind: "line",
        axis: 1,
        values: values(({ rssBytes }) => rssBytes),
      },
    ],
    x: timeAxis(
      result,
      values(({ atMs }) => atMs),
    ),
    bands: uncountedBands(result),
    sync: "time",
  };
}
