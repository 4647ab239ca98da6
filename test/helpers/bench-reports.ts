import type {
  BenchResult,
  BenchSettings,
  HistogramResult,
  Interval,
} from "../../src/bench/result.ts";
import {
  benchResult,
  histogramResult,
  openModelResult,
  sampleInterval,
  sampleLatencies,
  SETTINGS,
} from "./bench-result.ts";
import { type BenchView, viewOf } from "../../src/bench/view.ts";
import { histogramOf } from "./bench.ts";

/** Results of each kind, as reports show them; always the same. */

const SECONDS = 20;
const base = benchResult();
const openBase = openModelResult();
const second = sampleInterval(0);

function times(count: number, scale = 1): HistogramResult {
  return histogramResult(histogramOf(sampleLatencies(count, scale)));
}

/** What was answered in one interval; its histogram is that of all the others. */
function tail(p99: number): Pick<Interval, "latency"> {
  return { latency: { ...base.histograms.latency!, p99 } };
}

/** A second for each, the first without any message; `given` tells what differs. */
function intervals(
  count: number,
  given: (index: number) => Partial<Interval> = () => ({}),
): Interval[] {
  const { latency: _, ...quiet } = second;
  return Array.from({ length: count + 2 }, (__, i) => {
    const index = i - 2;
    const span = { startMs: index * 1000, endMs: (index + 1) * 1000, counted: index >= 0 };
    return { ...quiet, ...span, ...(index < -1 ? { messagesIn: 0 } : given(index)) };
  });
}

/** A server that slows down and speeds up, never twice in the same way. */
function wave(index: number): Partial<Interval> {
  return {
    messagesIn: Math.round(4000 + 300 * Math.sin(index) + 100 * Math.cos(index * 5)),
    ...tail(0.64 * (1 + 0.3 * Math.sin(index / 2))),
  };
}

/** One long stall in the middle of the run. */
function stall(index: number): Partial<Interval> {
  if (index === 10) return { messagesIn: 0 };
  return index === 11 ? { messagesIn: 8000, ...tail(77) } : wave(index);
}

function settings(given: Partial<BenchSettings>): BenchSettings {
  return { ...SETTINGS, ...given };
}

const window = { ...base.throughput, windowMs: SECONDS * 1000 };
const none = { messagesOutPerSecond: 0, messagesInPerSecond: 0 };

const echo: BenchResult = {
  ...base,
  throughput: window,
  intervals: intervals(SECONDS, wave),
};

const open: BenchResult = {
  ...openBase,
  throughput: window,
  settings: settings({
    load: { model: "open", ratePerSecond: 4000, per: "total", arrival: "poisson" },
    match: "json:$.id",
    verify: true,
    deflate: true,
    shard: { indexes: [1], count: 4 },
  }),
  histograms: {
    ...base.histograms,
    latency: times(20_000, 20),
    service: times(20_000),
    slip: times(20_000, 0.05),
  },
  intervals: intervals(SECONDS, stall),
};

const connect: BenchResult = {
  ...base,
  settings: settings({ measure: "connect", load: { model: "closed", inFlight: 100, thinkMs: 0 } }),
  sockets: {
    ...base.sockets,
    attempted: 20_000,
    opened: 20_000,
    open: 0,
    closed: 20_000,
    peak: 100,
  },
  throughput: { ...window, ...none, bytesOutPerSecond: 240_000, bytesInPerSecond: 150_000 },
  histograms: {
    handshake: times(20_000, 9),
    dns: times(20_000, 0.2),
    tcp: times(20_000, 1),
    tls: times(20_000, 6),
    upgrade: times(20_000, 2),
  },
  intervals: intervals(SECONDS, (index) => ({
    open: 100,
    opened: 1000 + 40 * (index % 5),
    messagesIn: 0,
    ...tail(5.8 + 0.6 * (index % 3)),
  })),
};

const push: BenchResult = {
  ...base,
  settings: settings({ measure: "push" }),
  messages: { ...base.messages, planned: 0, sent: 0, answered: 0 },
  stream: { expected: 80_000, received: 79_990, missing: 10, duplicated: 0, reordered: 3 },
  throughput: { ...window, messagesOutPerSecond: 0, bytesOutPerSecond: 0 },
  histograms: { handshake: base.histograms.handshake!, gap: times(20_000, 900) },
  intervals: intervals(SECONDS, (index) => ({ ...wave(index), ...tail(578) })),
};

const fanout: BenchResult = {
  ...base,
  settings: settings({
    measure: "fanout",
    load: { model: "open", ratePerSecond: 40, per: "total", arrival: "constant" },
  }),
  messages: { ...base.messages, planned: 800, sent: 800, answered: 800 },
  stream: { expected: 79_200, received: 79_200, missing: 0, duplicated: 0, reordered: 0 },
  throughput: { ...window, messagesOutPerSecond: 40, messagesInPerSecond: 3960 },
  histograms: { ...base.histograms, service: times(20_000, 0.9), slip: times(800, 0.01) },
  intervals: intervals(SECONDS, wave),
};

const hold: BenchResult = {
  ...base,
  settings: settings({
    measure: "hold",
    connections: 20_000,
    stages: [
      { durationMs: 5000, connections: 20_000 },
      { durationMs: 15_000, connections: 20_000 },
    ],
    message: "",
  }),
  sockets: {
    attempted: 20_000,
    opened: 20_000,
    failed: 0,
    unfinished: 0,
    open: 19_652,
    closed: 0,
    broken: 348,
    peak: 20_000,
    connectMs: 4700,
  },
  throughput: { ...window, ...none, bytesOutPerSecond: 2000, bytesInPerSecond: 1500 },
  intervals: intervals(SECONDS, (index) => ({
    open: index < 8 ? 20_000 : index < 14 ? 19_900 - (index - 8) * 40 : 19_652,
    messagesIn: 100,
    ...tail(0.64),
  })),
  breaks: [
    { kind: "heartbeat", code: "heartbeat", message: "no pong came for 10 s", count: 340 },
    {
      kind: "closed",
      code: "closed",
      message: 'the peer closed with 4000 "\u001b[2J\nbye"',
      count: 8,
    },
  ],
};

const failures: BenchResult = {
  ...base,
  embedded: true,
  ending: "disconnected",
  sockets: {
    attempted: 1000,
    opened: 900,
    failed: 60,
    unfinished: 40,
    open: 0,
    closed: 0,
    broken: 900,
    peak: 900,
    connectMs: 90_000,
  },
  messages: {
    planned: 1100,
    unsent: 100,
    sent: 1000,
    answered: 780,
    wrong: 20,
    lost: 150,
    inFlight: 50,
    duplicated: 2,
    reordered: 1,
    unexpected: 4,
  },
  client: { ...base.client, deaths: ["SIGKILL"] },
  refusals: [
    {
      kind: "http-status",
      code: "refused",
      message: "x refused the handshake: HTTP 503",
      count: 58,
    },
    { kind: "connect-timeout", code: "connect-timeout", message: "x did not answer", count: 2 },
  ],
  breaks: [{ kind: "closed", code: "closed", message: "the peer closed with 1013", count: 900 }],
  assertions: [
    { expression: "p99<0.5ms", passed: false, actual: 0.61, bound: 0.5, unit: "ms" },
    { expression: "errors<0.1%", passed: false, actual: 96, bound: 0.1, unit: "percent" },
    { expression: "rate>1000", passed: true, actual: 4000, bound: 1000, unit: "per-second" },
    { expression: "connected==1000", passed: false, actual: 900, bound: 1000, unit: "count" },
  ],
  discrepancies: ["5 sockets attempted, but 4 opened, failed and unfinished"],
};

const limited: BenchResult = {
  ...openBase,
  client: {
    ...base.client,
    busy: 0.99,
    gc: { count: 300, totalMs: 900, maxMs: 31 },
    loopDelayMs: { p99: 12, max: 80 },
    maxBufferedBytes: 3 * 2 ** 20,
    limits: [
      "The busiest worker had work in 99 % of the time: give it more with --workers 4.",
      "Messages were sent up to 31 ms late: lower --rate or use more machines with --shard.",
    ],
  },
};

const sampled: BenchResult = {
  ...base,
  throughput: window,
  intervals: intervals(SECONDS, wave),
  server: {
    pid: 4711,
    cpuMs: 14_400,
    cores: 0.72,
    maxRssBytes: 120 * 2 ** 20,
    maxThreads: 11,
    maxOpenFiles: 1034,
    cpuUsPerMessage: 36,
    rssBytesPerConnection: 12_800,
    samples: [],
  },
  assertions: [
    { expression: "p99<50ms", passed: true, actual: 0.64, bound: 50, unit: "ms" },
    { expression: "connected==1000", passed: true, actual: 1000, bound: 1000, unit: "count" },
  ],
};

export const REPORTS = {
  echo,
  open,
  connect,
  push,
  fanout,
  hold,
  failures,
  limited,
  sampled,
} satisfies Record<string, BenchResult>;

/** As `benchResult`, made once. */
export function resultOf(given: Partial<BenchResult> = {}): BenchResult {
  return { ...base, ...given };
}

const views = new WeakMap<BenchResult, BenchView>();

/** As `viewOf`, which decodes all histograms, but once for each result. */
export function viewOnce(result: BenchResult): BenchView {
  const view = views.get(result) ?? viewOf(result);
  views.set(result, view);
  return view;
}
