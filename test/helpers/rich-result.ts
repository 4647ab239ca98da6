import type { BenchResult, HistogramResult, Interval } from "../../src/bench/result.ts";
import {
  histogramResult,
  openModelResult,
  sampleInterval,
  sampleLatencies,
} from "./bench-result.ts";
import { histogramOf } from "./bench.ts";

const SECONDS = 60;

/** How the load of the sample run swings, always in the same way. */
function swing(index: number): number {
  return 1 + 0.06 * Math.sin(index / 3) + 0.03 * Math.sin(index * 1.7);
}

function latencyAt(index: number): HistogramResult {
  const stall = index === 31 ? 40 : 1;
  return histogramResult(histogramOf(sampleLatencies(1500, swing(index) * stall)));
}

function richInterval(index: number): Interval {
  const count = Math.round(4000 * swing(index) * (index === 31 ? 0.4 : 1));
  return sampleInterval(index, {
    counted: index >= 0 && index < SECONDS - 2,
    open: index < 40 ? 1000 : 1000 - 3 * Math.min(8, index - 39),
    messagesOut: count,
    messagesIn: Math.round(count * (index > 40 ? 0.97 : 1)),
    bytesOut: count * 26,
    bytesIn: Math.round(count * 22 * (index > 40 ? 0.97 : 1)),
    failures: {
      ...(index >= 40 && index < 48 && { reset: 3 }),
      ...(index === -5 && { refused: 12 }),
      ...(index === 31 && { abnormal: 7, heartbeat: 2 }),
    },
    latency: latencyAt(index),
    busy: Math.min(1, 0.62 * swing(index)),
  });
}

let made: BenchResult | undefined;

/** An open-model run of a minute in which a lot happened: all that a report can show. */
export function richResult(given: Partial<BenchResult> = {}): BenchResult {
  // Its many histograms take a while to make.
  made ??= makeResult();
  return { ...made, ...given };
}

function makeResult(): BenchResult {
  const base = openModelResult();
  const indexes = Array.from({ length: SECONDS + 5 }, (_, i) => i - 5);
  return {
    ...base,
    sockets: { ...base.sockets, attempted: 1012, failed: 12, open: 967, broken: 33 },
    messages: {
      ...base.messages,
      planned: 232_000,
      sent: 231_700,
      unsent: 300,
      answered: 231_512,
      lost: 184,
      inFlight: 4,
      duplicated: 2,
    },
    throughput: { ...base.throughput, windowMs: (SECONDS - 2) * 1000 },
    histograms: {
      ...base.histograms,
      latency: histogramResult(
        histogramOf([...sampleLatencies(60_000), ...sampleLatencies(900, 40)]),
      ),
      service: histogramResult(
        histogramOf([...sampleLatencies(60_000, 0.9), ...sampleLatencies(20, 40)]),
      ),
      dns: histogramResult(histogramOf([0.2, 0.3, 0.9])),
      tls: histogramResult(histogramOf([2.1, 2.2, 9.4])),
    },
    intervals: indexes.map(richInterval),
    client: {
      ...base.client,
      limits: [
        "the busiest worker had work 97 % of the time: try --workers 4",
        "sends came up to 38 ms after they were planned",
      ],
    },
    server: {
      pid: 4711,
      cpuMs: 41_000,
      cores: 0.71,
      maxRssBytes: 142 * 2 ** 20,
      maxThreads: 11,
      maxOpenFiles: 1034,
      cpuUsPerMessage: 177,
      rssBytesPerConnection: 9800,
      samples: indexes.map((index) => ({
        atMs: index * 1000,
        cores: index < 0 ? 0.1 : 0.7 * swing(index + 2),
        rssBytes: (90 + 50 * (1 - Math.exp(-(index + 5) / 15))) * 2 ** 20,
        threads: 11,
        openFiles: 1034,
      })),
    },
    refusals: [
      {
        kind: "refused",
        code: "unreachable",
        message: "127.0.0.1:9000 refused the connection",
        hint: "Is the server running?",
        count: 12,
      },
    ],
    breaks: [
      { kind: "reset", code: "abnormal", message: "the peer reset the connection", count: 24 },
      {
        kind: "abnormal",
        code: "abnormal",
        message: "the peer ended the connection without a Close frame",
        count: 7,
      },
      { kind: "heartbeat", code: "heartbeat", message: "no pong within 5 s", count: 2 },
    ],
    assertions: [
      { expression: "p99<50ms", passed: true, actual: 12.4, bound: 50, unit: "ms" },
      { expression: "errors<0.1%", passed: false, actual: 0.21, bound: 0.1, unit: "percent" },
      { expression: "connected==1012", passed: false, actual: 1000, bound: 1012, unit: "count" },
    ],
  };
}
