import type { Signal } from "../io.ts";
import { type Bin, binLatencies, type LatencySummary, summarizeLatency } from "./distribution.ts";
import type { FailureCount } from "./failures.ts";
import type { MessageSpec } from "./frame-batch.ts";
import type { BenchPlan, LoadModel, RunLength } from "./plan.ts";
import { emptyHistogram, encodeHistogram } from "./recorder.ts";
import {
  type Counts,
  mergeCounts,
  type MessageCounts,
  type SocketCounts,
} from "./worker-protocol.ts";
import type { WorkerReport } from "./worker-watch.ts";

/** A run in numbers: what `--json` prints and the report is made of. */
export interface BenchSummary {
  readonly v: "framecat.bench/1";
  readonly startedAt: string;
  readonly url: string;
  /** True where the server was our own, started for the run. */
  readonly embedded: boolean;
  readonly load: LoadModel;
  readonly message: MessageSpec;
  readonly length: RunLength;
  readonly warmupMs: number;
  readonly drainMs: number;
  readonly ending: "completed" | "interrupted" | "stalled" | "disconnected";
  readonly sockets: SocketCounts & { readonly connectMs: number };
  /** From the start of resolving to the end of the opening handshake. */
  readonly handshakeMs?: LatencySummary;
  readonly messages: MessageCounts;
  readonly throughput: Throughput;
  readonly latencyMs?: LatencySummary;
  readonly bins: readonly Bin[];
  /** All latencies in ns: HdrHistogram's compressed form V2, in base64. */
  readonly latencyHistogram: string;
  readonly client: ClientSummary;
  /** Why sockets did not open. */
  readonly refusals: readonly FailureCount[];
  /** Why sockets ended before the run did. */
  readonly breaks: readonly FailureCount[];
  /** Sums that should agree and do not: a defect. */
  readonly discrepancies: readonly string[];
}

/** What passed in the measured window; bytes are those of frames, headers and all. */
export interface Throughput {
  readonly windowMs: number;
  readonly messagesOutPerSecond: number;
  readonly messagesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  readonly bytesInPerSecond: number;
}

/** How the load generator itself fared. */
export interface ClientSummary {
  readonly workers: number;
  /** How the workers ended that died. */
  readonly deaths: readonly string[];
  /** User and system, of all workers, in the window. */
  readonly cpuMs: number;
  /** What all workers waited for a core in the window. */
  readonly waitedMs: number;
  /** Share of the window (0–1) in which the busiest worker had work. */
  readonly busy: number;
  /** True where it had no time left, so that the figures are not the server's alone. */
  readonly limited: boolean;
}

export interface RunFacts {
  readonly startedAt: string;
  readonly url: string;
  readonly embedded: boolean;
  readonly interrupted: Signal | undefined;
}

/** From here on what a client does in between shows in what it measures. */
const LIMITED_FROM = 0.95;

/** Adds up what the workers report. */
export function summarize(
  plan: BenchPlan,
  reports: readonly WorkerReport[],
  facts: RunFacts,
): BenchSummary {
  const counts = mergeCounts(reports.map((report) => report.counts));
  const latencies = merged(reports.map((report) => report.latencies));
  const handshakeMs = summarizeLatency(merged(reports.map((report) => report.handshakes)));
  const latencyMs = summarizeLatency(latencies);
  const connectMs = Math.max(0, ...reports.map((report) => report.connectMs));
  const { load, message, length, warmupMs, drainMs } = plan;
  return {
    v: "framecat.bench/1",
    startedAt: facts.startedAt,
    url: facts.url,
    embedded: facts.embedded,
    load,
    message,
    length,
    warmupMs,
    drainMs,
    ending: endingOf(reports, facts),
    sockets: { ...counts.sockets, connectMs },
    ...(handshakeMs && { handshakeMs }),
    messages: counts.messages,
    throughput: throughputOf(counts),
    ...(latencyMs && { latencyMs }),
    bins: binLatencies(latencies),
    latencyHistogram: encodeHistogram(latencies),
    client: {
      workers: reports.length,
      deaths: reports.flatMap(({ death }) => (death === undefined ? [] : [death])),
      cpuMs: counts.cpuMs,
      waitedMs: counts.waitedMs,
      busy: counts.busy,
      limited: counts.busy >= LIMITED_FROM,
    },
    refusals: counts.refusals,
    breaks: counts.breaks,
    discrepancies: findDiscrepancies(counts, latencies.totalCount),
  };
}

function merged(histograms: readonly WorkerReport["latencies"][]): WorkerReport["latencies"] {
  const all = emptyHistogram();
  for (const histogram of histograms) all.add(histogram);
  return all;
}

function endingOf(reports: readonly WorkerReport[], facts: RunFacts): BenchSummary["ending"] {
  if (facts.interrupted) return "interrupted";
  const endings = reports.map(({ ending }) => ending);
  if (endings.includes("stalled")) return "stalled";
  return endings.every((ending) => ending === "disconnected" || ending === "died")
    ? "disconnected"
    : "completed";
}

function throughputOf({ traffic, windowMs }: Counts): Throughput {
  const perSecond = (amount: number) => (windowMs > 0 ? (amount * 1000) / windowMs : 0);
  return {
    windowMs,
    messagesOutPerSecond: perSecond(traffic.messagesOut),
    messagesInPerSecond: perSecond(traffic.messagesIn),
    bytesOutPerSecond: perSecond(traffic.bytesOut),
    bytesInPerSecond: perSecond(traffic.bytesIn),
  };
}

/** Each side of these sums is counted by itself, so that nothing can go missing unseen. */
function findDiscrepancies({ sockets, messages }: Counts, latencies: number): string[] {
  const { attempted, opened, failed, unfinished } = sockets;
  const { sent, answered, lost, inFlight } = messages;
  return [
    ...differ(
      "sockets attempted",
      attempted,
      "opened, failed and unfinished",
      opened + failed + unfinished,
    ),
    ...differ("messages sent", sent, "answered, lost and in flight", answered + lost + inFlight),
    ...differ("messages answered", answered, "latencies", latencies),
  ];
}

function differ(name: string, total: number, others: string, sum: number): string[] {
  return total === sum ? [] : [`${total} ${name}, but ${sum} ${others}`];
}
