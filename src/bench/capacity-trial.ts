import { answersPerSecond } from "./answer-rate.ts";
import type { Outcome, Told, Trial } from "./capacity-search.ts";
import type { LatencySummary } from "./distribution.ts";
import { attemptsOf, errorsOf } from "./figures.ts";
import type { AssertionResult, BenchResult, HistogramResult } from "./result.ts";

/** What the load is: messages per second of all sockets together, or sockets. */
export type Vary = "rate" | "connections";

export interface CapacityTrial extends Trial {
  readonly outcome: Outcome;
  /** Why it did not hold, in sentences; where it held, what to know of it. */
  readonly reasons: readonly string[];
  readonly objectives: readonly AssertionResult[];
  readonly figures: Figures;
}

/** What was measured under a load. */
export interface Figures {
  /** What the server did, see `answersPerSecond`. */
  readonly ratePerSecond?: number;
  /** Absent where nothing was answered. */
  readonly latency?: Pick<LatencySummary, "p50" | "p99" | "p99_9" | "max">;
  /** All that failed, of all that could have, see `errorsOf` and `attemptsOf`. */
  readonly errors: number;
  readonly attempts: number;
  /** Share (0–1) of the time in which the busiest worker had work. */
  readonly clientBusy: number;
  /** Cores that the server used, where it was watched. */
  readonly serverCores?: number;
}

/**
 * What a trial says of its load:
 *
 * 1. It held where every objective was met and the load was there in full: a client that struggled
 *    can only have made it look worse. In a closed model such a client also sends less, so that
 *    there it says nothing.
 * 2. It did not hold, and the client was the limit: it says nothing of the server.
 * 3. Else the server missed the objective.
 */
export function judgeTrial(
  result: BenchResult,
  vary: Vary,
): { told: Told; judged: Omit<CapacityTrial, keyof Trial> } {
  const { assertions: objectives, client, discrepancies, settings } = result;
  const missed = objectives.filter(({ passed }) => !passed).map(missedWords);
  const short = shortfalls(result, vary);
  const limits = [...client.limits, ...discrepancies.map((sum) => `The counts differ: ${sum}.`)];
  const broken = client.deaths.length > 0 || discrepancies.length > 0;
  const trusted = limits.length === 0 || (settings.load.model === "open" && !broken);
  const held = missed.length === 0 && short.length === 0 && trusted;
  const outcome = held ? "held" : limits.length > 0 ? "client-limited" : "missed";
  const reasons = [...limits, ...missed, ...short];
  const judged = { outcome, reasons, objectives, figures: figuresOf(result) } as const;
  return { told: { outcome, closeness: closenessOf(objectives) }, judged };
}

/** Of what a load consists of, so much has to be there. */
const FULL = 0.99;

/** An objective may say nothing of what was never sent, or of sockets that never opened. */
function shortfalls({ messages, sockets, settings }: BenchResult, vary: Vary): string[] {
  const { planned, sent } = messages;
  const { connections, load } = settings;
  return [
    ...(sockets.opened === 0 ? ["No socket opened."] : []),
    ...(load.model === "open" && sent < planned * FULL
      ? [`Only ${share(sent, planned)} of the planned messages could be sent.`]
      : []),
    ...(vary === "connections" && sockets.peak < connections * FULL
      ? [`At most ${share(sockets.peak, connections)} of the sockets were open.`]
      : []),
  ];
}

const UNITS: Readonly<Record<AssertionResult["unit"], string>> = {
  ms: " ms",
  percent: " %",
  "per-second": "/s",
  count: "",
  bytes: " B",
};

function missedWords({ expression, actual, unit }: AssertionResult): string {
  if (actual === undefined) return `${expression}: nothing was measured.`;
  return `${expression}: it was ${Number(actual.toPrecision(3))}${UNITS[unit]}.`;
}

function share(part: number, whole: number): string {
  return `${Math.floor((100 * part) / whole)} %`;
}

/** Latencies show a limit before it is met; counts of errors do not. */
function closenessOf(objectives: readonly AssertionResult[]): number {
  const shares = objectives
    .filter(({ unit, expression }) => unit === "ms" && expression.includes("<"))
    .map(({ actual = 0, bound }) => (bound > 0 ? actual / bound : 0));
  return Math.max(0, ...shares);
}

/** What a run is about: round trips, gaps between messages, or handshakes. */
export function mainHistogram({ histograms }: BenchResult): HistogramResult | undefined {
  return histograms.latency ?? histograms.gap ?? histograms.handshake;
}

function figuresOf(result: BenchResult): Figures {
  return figures({
    rate: answersPerSecond(result),
    latency: mainHistogram(result),
    errors: errorsOf(result),
    attempts: attemptsOf(result),
    clientBusy: result.client.busy,
    cores: result.server?.cores,
  });
}

interface RawFigures extends Pick<Figures, "errors" | "attempts" | "clientBusy"> {
  readonly rate: number | undefined;
  readonly latency: LatencySummary | undefined;
  readonly cores: number | undefined;
}

export function figures({ rate, latency, cores, ...rest }: RawFigures): Figures {
  return {
    ...(rate !== undefined && { ratePerSecond: rate }),
    ...(latency && {
      latency: {
        p50: latency.p50,
        p99: latency.p99,
        p99_9: latency.p99_9,
        max: latency.max,
      },
    }),
    ...rest,
    ...(cores !== undefined && { serverCores: cores }),
  };
}
