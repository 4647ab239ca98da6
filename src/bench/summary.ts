import type { JsHistogram } from "hdr-histogram-js";
import type { Signal } from "../io.ts";
import { findLimits } from "./client-limits.ts";
import { summarizeLatency } from "./distribution.ts";
import type { BenchPlan } from "./plan.ts";
import { encodeHistogram, toHistogram } from "./histogram.ts";
import { Recordings } from "./recordings.ts";
import type {
  BenchResult,
  BenchSettings,
  ClientResult,
  HistogramName,
  HistogramResult,
  Interval,
  Measure,
  MessageCounts,
  ServerResult,
  SocketCounts,
  StreamCounts,
  Throughput,
} from "./result.ts";
import { type Counts, mergeCounts } from "./worker-protocol.ts";
import type { WorkerReport } from "./worker-watch.ts";

export interface RunFacts {
  readonly startedAt: string;
  readonly url: string;
  readonly embedded: boolean;
  readonly interrupted: Signal | undefined;
  readonly settings: BenchSettings;
  readonly intervals: readonly Interval[];
  readonly server: ServerResult | undefined;
  /** Of this machine. */
  readonly cores: number;
}

/** Adds up what the workers report. */
export function summarize(
  plan: BenchPlan,
  reports: readonly WorkerReport[],
  facts: RunFacts,
): BenchResult {
  const counts = mergeCounts(reports.map((report) => report.counts));
  const histograms = histogramsOf(reports);
  const throughput = throughputOf(counts);
  const stream = streamOf(plan, counts);
  const result = {
    v: "framecat.bench/1",
    startedAt: facts.startedAt,
    url: facts.url,
    embedded: facts.embedded,
    settings: facts.settings,
    ending: endingOf(reports, facts),
    sockets: {
      ...counts.sockets,
      peak: counts.peak,
      connectMs: Math.max(0, ...reports.map((report) => report.connectMs)),
    },
    messages: counts.messages,
    ...(stream && { stream }),
    throughput,
    histograms,
    intervals: facts.intervals,
    client: clientOf(plan, reports, counts, { throughput, histograms, cores: facts.cores }),
    ...(facts.server && { server: facts.server }),
    refusals: counts.refusals,
    breaks: counts.breaks,
    assertions: [],
  } as const;
  const { measure } = plan;
  const { unawaited } = counts;
  const latencies = histograms.latency?.count ?? 0;
  const discrepancies = findDiscrepancies({ ...result, measure, latencies, unawaited });
  return { ...result, discrepancies };
}

type Histograms = BenchResult["histograms"];

function histogramsOf(reports: readonly WorkerReport[]): Histograms {
  const all = new Recordings();
  for (const { recordings } of reports) all.add(recordings.sparse());
  const histograms: { [name in HistogramName]?: HistogramResult } = {};
  for (const name of all.names()) {
    const result = resultOf(toHistogram(all.of(name).sparse()));
    if (result) histograms[name] = result;
  }
  return histograms;
}

function resultOf(histogram: JsHistogram): HistogramResult | undefined {
  const numbers = summarizeLatency(histogram);
  return numbers && { ...numbers, encoded: encodeHistogram(histogram) };
}

function endingOf(reports: readonly WorkerReport[], facts: RunFacts): BenchResult["ending"] {
  if (facts.interrupted) return "interrupted";
  const endings = reports.map(({ ending }) => ending);
  if (endings.includes("stalled")) return "stalled";
  return endings.every((ending) => ending === "disconnected" || ending === "died")
    ? "disconnected"
    : "completed";
}

function throughputOf({ traffic, self: { windowMs } }: Counts): Throughput {
  const perSecond = (amount: number) => (windowMs > 0 ? (amount * 1000) / windowMs : 0);
  return {
    windowMs,
    messagesOutPerSecond: perSecond(traffic.messagesOut),
    messagesInPerSecond: perSecond(traffic.messagesIn),
    bytesOutPerSecond: perSecond(traffic.bytesOut),
    bytesInPerSecond: perSecond(traffic.bytesIn),
  };
}

/**
 * Every socket is to receive what every publisher sends – the publisher itself too where the server
 * sends its messages back to it, which shows in what arrives.
 */
function streamOf(plan: BenchPlan, counts: Counts): StreamCounts | undefined {
  const { stream, ownDeliveries, messages, sockets } = counts;
  if (plan.measure !== "fanout" || !stream) return stream;
  const others = ownDeliveries > 0 ? sockets.opened : sockets.opened - 1;
  const expected = Math.max(stream.received, messages.sent * Math.max(0, others));
  return { ...stream, expected, missing: expected - stream.received };
}

function clientOf(
  plan: BenchPlan,
  reports: readonly WorkerReport[],
  { self, maxBufferedBytes, grownBytes, messages, sockets }: Counts,
  known: {
    readonly throughput: Throughput;
    readonly histograms: Histograms;
    readonly cores: number;
  },
): ClientResult {
  const { windowMs, spareMs: _, ...own } = self;
  const { open } = sockets;
  const client = {
    workers: reports.length,
    deaths: reports.flatMap(({ death }) => (death === undefined ? [] : [death])),
    ...own,
    maxBufferedBytes,
    ...(grownBytes > 0 && open > 0 && { rssBytesPerConnection: grownBytes / open }),
  };
  const { slip } = known.histograms;
  const perSecond = (amount: number) => (windowMs > 0 ? (amount * 1000) / windowMs : 0);
  const limits = findLimits(client, {
    windowMs,
    connections: plan.connections,
    cores: known.cores,
    slipP99Ms: slip?.p99,
    slipMaxMs: slip?.max,
    plannedPerSecond: plan.load.model === "open" ? perSecond(messages.planned) : undefined,
    sentPerSecond: known.throughput.messagesOutPerSecond,
    unsent: messages.unsent,
  });
  return { ...client, limits };
}

export interface Sums {
  readonly measure: Measure;
  readonly sockets: SocketCounts;
  readonly messages: MessageCounts;
  readonly stream?: StreamCounts | undefined;
  /** How many latencies were recorded. */
  readonly latencies: number;
  /** Messages that were never to have a reply, and so have no latency. */
  readonly unawaited: number;
}

/** Each side of these sums is counted by itself, so that nothing can go missing unseen. */
export function findDiscrepancies(sums: Sums): string[] {
  const { measure, messages, stream, latencies, unawaited } = sums;
  const { attempted, opened, failed, unfinished, open, closed, broken } = sums.sockets;
  const { planned, unsent, sent } = messages;
  return [
    ...differ("sockets attempted", attempted, { opened, failed, unfinished }),
    ...differ("sockets opened", opened, { open, closed, broken }),
    ...differ("messages planned", planned, { sent, unsent }),
    ...differ("messages sent", sent, pick(messages)),
    ...(measure === "fanout"
      ? differ("deliveries", stream?.received ?? 0, { latencies })
      : differ("messages answered", messages.answered - unawaited, { latencies })),
    ...(stream ? differ("deliveries expected", stream.expected, deliveries(stream)) : []),
  ];
}

function pick({ answered, wrong, lost, inFlight }: MessageCounts) {
  return { answered, wrong, lost, "in flight": inFlight };
}

function deliveries({ received, missing }: StreamCounts) {
  return { received, missing };
}

function differ(name: string, total: number, parts: Readonly<Record<string, number>>): string[] {
  const sum = Object.values(parts).reduce((all, part) => all + part, 0);
  return total === sum ? [] : [`${total} ${name}, but ${sum} ${Object.keys(parts).join(", ")}`];
}
