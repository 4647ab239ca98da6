import type { JsHistogram } from "hdr-histogram-js";
import { summarizeLatency } from "../../src/bench/distribution.ts";
import { encodeHistogram } from "../../src/bench/histogram.ts";
import type {
  BenchResult,
  BenchSettings,
  HistogramResult,
  Interval,
} from "../../src/bench/result.ts";
import { histogramOf } from "./bench.ts";

/** A histogram as a result holds it. */
export function histogramResult(histogram: JsHistogram): HistogramResult {
  const numbers = summarizeLatency(histogram);
  if (!numbers) throw new Error("an empty histogram has no numbers");
  return { ...numbers, encoded: encodeHistogram(histogram) };
}

const made = new Map<string, HistogramResult>();

/** The same histogram each time: to make one takes long, and many tests want it. */
function sampleHistogram(count?: number, scale?: number): HistogramResult {
  const name = `${count} ${scale}`;
  const known = made.get(name) ?? histogramResult(histogramOf(sampleLatencies(count, scale)));
  made.set(name, known);
  return known;
}

/** Latencies in ms around 0.4 with a long tail, always the same ones. */
export function sampleLatencies(count = 20_000, scale = 1): number[] {
  return Array.from(
    { length: count },
    (_, i) =>
      scale * (0.25 + 0.4 * ((i * 7919) % 1000) ** 2 * 1e-6 + (i % 997 === 0 ? i / 500 : 0)),
  );
}

export const SETTINGS: BenchSettings = {
  measure: "echo",
  load: { model: "closed", inFlight: 16, thinkMs: 0 },
  connections: 1000,
  stages: [],
  churnPerSecond: 0,
  length: { kind: "duration", durationMs: 5000 },
  warmupMs: 1000,
  drainMs: 5000,
  message: "20 B text",
  match: "order",
  verify: false,
  deflate: false,
};

/** One second of the sample run; `index` 0 is the first of the measured window. */
export function sampleInterval(index: number, given: Partial<Interval> = {}): Interval {
  return {
    startMs: index * 1000,
    endMs: (index + 1) * 1000,
    counted: index >= 0 && index < 5,
    open: 1000,
    opened: index === -2 ? 1000 : 0,
    messagesOut: index === -2 ? 0 : 4000,
    messagesIn: index === -2 ? 0 : 4000,
    bytesOut: index === -2 ? 0 : 4000 * 26,
    bytesIn: index === -2 ? 0 : 4000 * 22,
    failures: {},
    ...(index >= -1 && { latency: sampleHistogram(4000) }),
    busy: 0.7,
    ...given,
  };
}

const HANDSHAKES = {
  handshake: histogramResult(histogramOf([1.9, 1.9, 8.7])),
  tcp: histogramResult(histogramOf([0.9, 0.9, 3.7])),
  upgrade: histogramResult(histogramOf([1, 1, 5])),
};

/** A run of five seconds without any failure; what a test is about is given. */
export function benchResult(given: Partial<BenchResult> = {}): BenchResult {
  return {
    v: "framecat.bench/1",
    startedAt: "2026-01-01T00:00:00.000Z",
    url: "ws://127.0.0.1:9000/",
    embedded: false,
    settings: SETTINGS,
    ending: "completed",
    sockets: {
      attempted: 1000,
      opened: 1000,
      failed: 0,
      unfinished: 0,
      open: 1000,
      closed: 0,
      broken: 0,
      peak: 1000,
      connectMs: 412,
    },
    messages: {
      planned: 20_000,
      unsent: 0,
      sent: 20_000,
      answered: 20_000,
      wrong: 0,
      lost: 0,
      inFlight: 0,
      duplicated: 0,
      reordered: 0,
      unexpected: 0,
    },
    throughput: {
      windowMs: 5000,
      messagesOutPerSecond: 4000,
      messagesInPerSecond: 4000,
      bytesOutPerSecond: 4000 * 26,
      bytesInPerSecond: 4000 * 22,
    },
    histograms: {
      latency: sampleHistogram(),
      ...HANDSHAKES,
    },
    intervals: [-2, -1, 0, 1, 2, 3, 4].map((index) => sampleInterval(index)),
    client: {
      workers: 2,
      deaths: [],
      cpuMs: 7100,
      waitedMs: 20,
      busy: 0.71,
      loopUtilization: 0.64,
      loopDelayMs: { p99: 0.4, max: 2.1 },
      gc: { count: 120, totalMs: 14, maxMs: 0.6 },
      maxBufferedBytes: 0,
      rssBytes: 96 * 2 ** 20,
      rssBytesPerConnection: 3600,
      limits: [],
    },
    refusals: [],
    breaks: [],
    assertions: [],
    discrepancies: [],
    ...given,
  };
}

/** The same run under an open model that fell behind now and then. */
export function openModelResult(given: Partial<BenchResult> = {}): BenchResult {
  const base = benchResult();
  return {
    ...base,
    settings: {
      ...SETTINGS,
      load: { model: "open", ratePerSecond: 4000, per: "total", arrival: "constant" },
    },
    histograms: {
      ...base.histograms,
      service: sampleHistogram(20_000, 0.9),
      slip: sampleHistogram(20_000, 0.05),
    },
    ...given,
  };
}
