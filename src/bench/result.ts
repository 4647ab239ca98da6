import type { LatencySummary } from "./distribution.ts";
import type { FailureCount, FailureKind } from "./failures.ts";

/**
 * The result of a run as one document: what `--json` prints, what is kept between runs, and what
 * every report, export, merge and comparison is made of. Times are in ms, sizes in bytes, unless a
 * name says otherwise.
 */
export interface BenchResult {
  readonly v: "framecat.bench/1";
  readonly startedAt: string;
  /** Secrets in it are redacted unless asked for. */
  readonly url: string;
  /** True where the server was our own, started for the run. */
  readonly embedded: boolean;
  readonly settings: BenchSettings;
  readonly ending: Ending;
  readonly sockets: SocketResult;
  readonly messages: MessageCounts;
  /** What was received of numbered or published messages: for `push` and `fanout`. */
  readonly stream?: StreamCounts;
  readonly throughput: Throughput;
  readonly histograms: Readonly<Partial<Record<HistogramName, HistogramResult>>>;
  /** From the start of connecting to the end of the drain, without gaps. */
  readonly intervals: readonly Interval[];
  readonly client: ClientResult;
  readonly server?: ServerResult;
  /** Why sockets did not open, the most frequent reason first. */
  readonly refusals: readonly FailureCount[];
  /** Why sockets ended before the run did. */
  readonly breaks: readonly FailureCount[];
  /** What `--assert` asked for; empty where it asked for nothing. */
  readonly assertions: readonly AssertionResult[];
  /** Sums that should agree and do not: a defect. */
  readonly discrepancies: readonly string[];
}

export type Measure = "echo" | "ping" | "push" | "fanout" | "connect" | "hold";

/** As planned, by a signal, for want of replies, or for want of open sockets. */
export type Ending = "completed" | "interrupted" | "stalled" | "disconnected";

/** Who decides when a message is sent. */
export type LoadModel =
  | {
      /** Each socket keeps so many messages in flight: a reply lets the next one go. */
      readonly model: "closed";
      readonly inFlight: number;
      /** Between a reply and the next message. */
      readonly thinkMs: number;
    }
  | {
      /** Messages are sent when they are planned, whatever becomes of those before. */
      readonly model: "open";
      readonly ratePerSecond: number;
      /** Whether the rate is that of all sockets together or of each. */
      readonly per: "total" | "socket";
      readonly arrival: "constant" | "poisson";
    };

/** When the measured window ends. */
export type RunLength =
  | { readonly kind: "duration"; readonly durationMs: number }
  | { readonly kind: "messages"; readonly count: number };

/** From the level of the stage before (0 before the first) to `connections`, as a straight line. */
export interface Stage {
  readonly durationMs: number;
  readonly connections: number;
}

/** What the run was asked to do. */
export interface BenchSettings {
  readonly measure: Measure;
  readonly load: LoadModel;
  readonly connections: number;
  readonly stages: readonly Stage[];
  /** Sockets replaced per second; 0 for none. */
  readonly churnPerSecond: number;
  readonly length: RunLength;
  readonly warmupMs: number;
  readonly drainMs: number;
  /** What is sent, in words, such as `20 B text`. */
  readonly message: string;
  /** How replies are matched: `order`, `seq`, `json:PATH`. */
  readonly match: string;
  readonly verify: boolean;
  readonly deflate: boolean;
  /** Which parts, counted from 0, of a run on several machines this is; absent for the whole. */
  readonly shard?: { readonly indexes: readonly number[]; readonly count: number };
}

/** attempted = opened + failed + unfinished; opened = open + closed + broken. */
export interface SocketCounts {
  readonly attempted: number;
  readonly opened: number;
  readonly failed: number;
  readonly unfinished: number;
  /** Open at the moment, or when the run ended. */
  readonly open: number;
  /** Closed by us before the end: churn, falling stages, storms. */
  readonly closed: number;
  /** Ended by the peer or the network. */
  readonly broken: number;
}

export interface SocketResult extends SocketCounts {
  /** The most that were open at a time. */
  readonly peak: number;
  /** From the first attempt until the last socket of the start was there. */
  readonly connectMs: number;
}

/**
 * What became of what was planned in the measured window – messages, pings, handshakes, publications:
 * planned = sent + unsent; sent = answered + wrong + lost + inFlight.
 */
export interface MessageCounts {
  readonly planned: number;
  /** Planned and never sent: no socket, or one whose peer did not take it. */
  readonly unsent: number;
  readonly sent: number;
  readonly answered: number;
  /** Answered by something other than what was asked for. */
  readonly wrong: number;
  /** Their connection or their time ended before the reply came, or replies overtook it for good. */
  readonly lost: number;
  readonly inFlight: number;
  /** Further replies to what had been answered. */
  readonly duplicated: number;
  /** Answered after a later message was. */
  readonly reordered: number;
  /** Replies that nothing was sent for. */
  readonly unexpected: number;
}

/** expected = received + missing; what is duplicated or late is counted beside that. */
export interface StreamCounts {
  readonly expected: number;
  readonly received: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly reordered: number;
}

/** What passed in the measured window; bytes are those of frames, headers and all. */
export interface Throughput {
  readonly windowMs: number;
  readonly messagesOutPerSecond: number;
  readonly messagesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  readonly bytesInPerSecond: number;
}

/**
 * - `latency`: from the planned moment to the reply (closed model: from the sending);
 * - `service`: from the sending to the reply, open model only, of the messages that a client which
 *   waits for each reply would have sent, too: what a closed loop on these sockets would have measured;
 * - `slip`: from the planned moment to the sending, open model only;
 * - `gap`: between two messages that a socket receives (`push`);
 * - `handshake` and its parts `dns`, `tcp`, `tls`, `upgrade`.
 */
export const HISTOGRAM_NAMES = [
  "latency",
  "service",
  "slip",
  "gap",
  "handshake",
  "dns",
  "tcp",
  "tls",
  "upgrade",
] as const;
export type HistogramName = (typeof HISTOGRAM_NAMES)[number];

export interface HistogramResult extends LatencySummary {
  /** In ns, 3 significant digits: HdrHistogram's compressed form V2, in base64. */
  readonly encoded: string;
}

/** A piece of the run, mostly a second; long runs have longer ones. */
export interface Interval {
  /** Since the measured window began; negative before it. */
  readonly startMs: number;
  readonly endMs: number;
  /** True where all of it lies in the measured window. */
  readonly counted: boolean;
  /** Open when it ended. */
  readonly open: number;
  readonly opened: number;
  readonly messagesOut: number;
  readonly messagesIn: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Failures by kind; kinds without any are absent. */
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  /** `latency` (`gap` for `push`) of what was answered in it; absent where nothing was. */
  readonly latency?: HistogramResult;
  /** Share (0–1) of the interval in which the busiest worker had work. */
  readonly busy: number;
}

/** How the load generator itself fared in the measured window. */
export interface ClientResult {
  readonly workers: number;
  /** How the workers ended that died. */
  readonly deaths: readonly string[];
  /** User and system, of all workers. */
  readonly cpuMs: number;
  /** What all workers waited for a core. */
  readonly waitedMs: number;
  /** Share (0–1) of the window in which the busiest worker had work. */
  readonly busy: number;
  /** Share (0–1) of the window in which the busiest worker's event loop was not idle. */
  readonly loopUtilization: number;
  /** How late the event loop came, of the worst worker. */
  readonly loopDelayMs: { readonly p99: number; readonly max: number };
  readonly gc: { readonly count: number; readonly totalMs: number; readonly maxMs: number };
  /** The most that lay unsent in the sockets of all workers. */
  readonly maxBufferedBytes: number;
  /** Resident memory of all workers at the end of the window. */
  readonly rssBytes: number;
  /**
   * Growth of that from before the first socket to the end of the run, without garbage; absent where
   * it shrank and where no socket is open.
   */
  readonly rssBytesPerConnection?: number;
  /** Why the figures are not the server's alone; empty where they are. */
  readonly limits: readonly string[];
}

/**
 * What the server used in the measured window, read from /proc: the process that was named and all
 * its descendants, summed up. Memory that they share counts for each of them.
 */
export interface ServerResult {
  readonly pid: number;
  /** When it was found to have ended, since the measured window began; absent where it lived on. */
  readonly endedAtMs?: number;
  /** User and system. */
  readonly cpuMs: number;
  /** CPU over wall time: 1 is one core. */
  readonly cores: number;
  readonly maxRssBytes: number;
  readonly maxThreads: number;
  /** Absent where the system does not let us count them. */
  readonly maxOpenFiles?: number;
  /** Absent where nothing was answered. */
  readonly cpuUsPerMessage?: number;
  /** Growth of resident memory since before the first socket; absent where it shrank. */
  readonly rssBytesPerConnection?: number;
  /** From before the first socket on. */
  readonly samples: readonly ServerSample[];
}

export interface ServerSample {
  /** Since the measured window began; negative before it. */
  readonly atMs: number;
  /** Since the sample before, in cores. */
  readonly cores: number;
  readonly rssBytes: number;
  readonly threads: number;
  /** Absent where the system does not let us count them. */
  readonly openFiles?: number;
}

/** An objective and whether it held. */
export interface AssertionResult {
  /** As it was written, such as `p99<50ms`. */
  readonly expression: string;
  readonly passed: boolean;
  /** What was measured, in the unit of the bound; absent where there was nothing to measure. */
  readonly actual?: number;
  readonly bound: number;
  readonly unit: "ms" | "percent" | "per-second" | "count" | "bytes";
}
