import type { BenchResult, HistogramResult } from "./result.ts";

/**
 * What this client is able to by itself, against an echo server of its own on the same machine:
 *
 * 1. As fast as it goes, with one message in flight on each socket and with sixteen: the most round
 *    trips, and what each costs the client.
 * 2. At a quarter of what one in flight reached, on a schedule: the latency then is the client's, the
 *    echo server's and loopback's own, and no measured one is below it. How late messages were sent
 *    tells how exact the schedule is.
 * 3. From how busy the busiest worker was at that pace follows at which rate it would have too little
 *    time to spare. Beyond that rate, or beyond what was reached at all, figures are not the server's.
 */
export interface SelfCheck {
  readonly v: "framecat.self-check/1";
  readonly startedAt: string;
  /** Of this machine. */
  readonly cores: number;
  readonly workers: number;
  readonly connections: number;
  /** What was sent, in words. */
  readonly message: string;
  readonly fastest: readonly Fastest[];
  readonly paced: Paced;
  /** Messages per second; 0 where even the paced run was the client's own limit. */
  readonly trustedPerSecond: number;
  /** Why that is so. */
  readonly limits: readonly string[];
}

/** The closed model without pauses. */
export interface Fastest {
  readonly inFlight: number;
  readonly roundTripsPerSecond: number;
  readonly clientCpuUsPerRoundTrip: number;
}

/** The open model at a moderate rate. */
export interface Paced {
  readonly ratePerSecond: number;
  /** Share (0–1) of the time in which the busiest worker had work. */
  readonly busy: number;
  readonly latencyMs: Spread;
  /** How late messages were sent. */
  readonly slipMs: Spread;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A worker with less time to spare than this has moments in which it falls behind. */
const BUSY_AT_MOST = 0.8;
const PACED_SHARE = 0.25;

/** The rate of the paced run, in two digits. @param single the run with one message in flight */
export function paceAfter(single: BenchResult): number {
  const rate = fastestOf(single).roundTripsPerSecond * PACED_SHARE;
  return Math.max(1, Number(rate.toPrecision(2)));
}

/**
 * @param runs with one in flight, with more, and paced; in each something was answered
 * @param cores of this machine
 */
export function selfCheckOf(
  { single, deep, paced }: Readonly<Record<"single" | "deep" | "paced", BenchResult>>,
  cores: number,
): SelfCheck {
  const { settings, client, startedAt } = single;
  const { limits } = paced.client;
  const reached = fastestOf(single).roundTripsPerSecond;
  const pace = pacedOf(paced);
  const bearable = pace.busy > 0 ? (pace.ratePerSecond * BUSY_AT_MOST) / pace.busy : reached;
  return {
    v: "framecat.self-check/1",
    startedAt,
    cores,
    workers: client.workers,
    connections: settings.connections,
    message: settings.message,
    fastest: [fastestOf(single), fastestOf(deep)],
    paced: pace,
    trustedPerSecond: limits.length > 0 ? 0 : Math.floor(Math.min(reached, bearable)),
    limits,
  };
}

function fastestOf(result: BenchResult): Fastest {
  const { load } = result.settings;
  const { messages, throughput } = result;
  return {
    inFlight: load.model === "closed" ? load.inFlight : 0,
    roundTripsPerSecond: (messages.answered * 1000) / throughput.windowMs,
    clientCpuUsPerRoundTrip: (result.client.cpuMs * 1000) / messages.answered,
  };
}

function pacedOf(result: BenchResult): Paced {
  const { load } = result.settings;
  const { latency, slip } = result.histograms;
  return {
    ratePerSecond: load.model === "open" ? load.ratePerSecond : 0,
    busy: result.client.busy,
    latencyMs: spreadOf(latency),
    slipMs: spreadOf(slip),
  };
}

function spreadOf(histogram: HistogramResult | undefined): Spread {
  const { p50, p99, max } = histogram ?? { p50: 0, p99: 0, max: 0 };
  return { p50, p99, max };
}
