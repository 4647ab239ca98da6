import { setTimeout as pause } from "node:timers/promises";
import type { Assertion } from "./assertions.ts";
import {
  CapacitySearch,
  type Outcome,
  type SearchAnswer,
  type SearchEnd,
  type SearchLimits,
  type Trial,
} from "./capacity-search.ts";
import {
  type CapacityTrial,
  type Figures,
  figures,
  judgeTrial,
  mainHistogram,
  type Vary,
} from "./capacity-trial.ts";
import { findKnee } from "./knee.ts";
import { mergeHistograms } from "./merge-histograms.ts";
import type { BenchResult, BenchSettings, HistogramResult } from "./result.ts";

/** The result of a search for the capacity of a server as one document. Times are in ms. */
export interface CapacityResult {
  readonly v: "framecat.capacity/1";
  readonly startedAt: string;
  /** Secrets in it are redacted unless asked for. */
  readonly url: string;
  readonly embedded: boolean;
  /** Those of the trial with the lowest load; the others differ from it in nothing but that. */
  readonly settings: BenchSettings;
  readonly slo: readonly Objective[];
  readonly vary: Vary;
  readonly unit: "per-second" | "sockets";
  readonly search: SearchLimits;
  /** In the order in which they were run. */
  readonly trials: readonly CapacityTrial[];
  /** The highest load that held; absent where none did. */
  readonly held?: HeldLoad;
  readonly ended: CapacityEnd;
  /** By rising load; the trials of one load are one point. */
  readonly curve: readonly CurvePoint[];
  /** Where p99 begins to rise out of proportion, see `findKnee`; absent where it does not. */
  readonly knee?: { readonly load: number; readonly p99: number };
}

export type Objective = Pick<Assertion, "expression" | "bound" | "unit">;

export type HeldLoad = Required<SearchAnswer>;

/** Beside the ends of a search: by a signal, and because no socket opened any more. */
export type CapacityEnd = SearchEnd | "interrupted" | "unreachable";

export interface CurvePoint {
  readonly load: number;
  readonly trials: number;
  /** How many of the trials held. */
  readonly held: number;
  /** In how many the client was the limit. */
  readonly limited: number;
  readonly figures: Figures;
  /** All that its trials measured, in ns: HdrHistogram's compressed form V2, in base64. */
  readonly encoded?: string;
}

/** What is known of a search before it begins. */
export type CapacityPlan = Pick<
  CapacityResult,
  "startedAt" | "url" | "embedded" | "settings" | "slo" | "vary" | "search"
>;

export interface CapacityControl {
  /** Runs one trial; its result holds the judged objectives as its assertions. */
  readonly runTrial: (load: number) => Promise<BenchResult>;
  /** The least time between two trials, for the server to come to rest; see `restMs`. */
  readonly settleMs: number;
  /** Ends the search; the trial that was under way does not count. */
  readonly stop?: AbortSignal | undefined;
  readonly onStart?: ((trial: Trial) => void) | undefined;
  readonly onTrial?: ((trial: CapacityTrial) => void) | undefined;
}

/** A trial that was run, with what a merge of several needs. */
interface Done {
  readonly trial: CapacityTrial;
  readonly latency: HistogramResult | undefined;
}

/** Runs trials until the search is over, is stopped, or no socket opens any more. */
export async function findCapacity(
  plan: CapacityPlan,
  control: CapacityControl,
): Promise<CapacityResult> {
  const search = new CapacitySearch(plan.search);
  const done: Done[] = [];
  const ended = await runTrials(search, plan.vary, control, done);
  const { load, confirmed } = search.answer();
  const curve = curveOf(done);
  const knee = kneeOf(curve);
  return {
    v: "framecat.capacity/1",
    ...plan,
    unit: plan.vary === "rate" ? "per-second" : "sockets",
    trials: done.map(({ trial }) => trial),
    ...(load !== undefined && { held: { load, confirmed } }),
    ended,
    curve,
    ...(knee && { knee }),
  };
}

async function runTrials(
  search: CapacitySearch,
  vary: Vary,
  { runTrial, settleMs, stop, onStart, onTrial }: CapacityControl,
  done: Done[],
): Promise<CapacityEnd> {
  let rest = 0;
  for (let next = search.next(); next; next = search.next()) {
    // An aborted pause is over, and what comes next sees why.
    if (rest > 0) await pause(rest, undefined, { signal: stop }).catch(() => undefined);
    if (stop?.aborted) return "interrupted";
    onStart?.(next);
    const result = await runTrial(next.load);
    if (stop?.aborted) return "interrupted";
    rest = restMs(result, settleMs);
    const { judged, told } = judgeTrial(result, vary);
    const trial = { ...next, ...judged };
    done.push({ trial, latency: mainHistogram(result) });
    search.tell(told);
    onTrial?.(trial);
    if (result.sockets.opened === 0 && result.sockets.failed > 0) return "unreachable";
  }
  return search.ended() ?? "trials";
}

/**
 * How long the server is left alone after a trial. What it did not answer until the end it may still
 * be working on, whether anybody waits for it or not: at twice the load that it can bear, for as
 * long as the trial took.
 */
export function restMs({ messages, throughput }: BenchResult, settleMs: number): number {
  return messages.inFlight > 0 ? Math.max(settleMs, throughput.windowMs) : settleMs;
}

function curveOf(done: readonly Done[]): CurvePoint[] {
  const loads = [...new Set(done.map(({ trial }) => trial.load))].toSorted((a, b) => a - b);
  return loads.map((load) => pointOf(done.filter(({ trial }) => trial.load === load)));
}

/** Counts and histograms add up; rates and shares of time are those of the mean trial. */
function pointOf(same: readonly Done[]): CurvePoint {
  const trials = same.map(({ trial }) => trial);
  const all = trials.map((trial) => trial.figures);
  const latency = mergeHistograms(same.flatMap((one) => one.latency ?? []));
  const count = (outcome: Outcome) => trials.filter((trial) => trial.outcome === outcome).length;
  return {
    load: trials[0]?.load ?? 0,
    trials: trials.length,
    held: count("held"),
    limited: count("client-limited"),
    figures: figures({
      rate: mean(all.map(({ ratePerSecond }) => ratePerSecond)),
      latency,
      errors: all.reduce((sum, { errors }) => sum + errors, 0),
      attempts: all.reduce((sum, { attempts }) => sum + attempts, 0),
      clientBusy: mean(all.map(({ clientBusy }) => clientBusy)) ?? 0,
      cores: mean(all.map(({ serverCores }) => serverCores)),
    }),
    ...(latency && { encoded: latency.encoded }),
  };
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Where more failed than this share, the latency of the rest says little. */
const MOST_ERRORS = 0.1;

function kneeOf(curve: readonly CurvePoint[]): CapacityResult["knee"] {
  const points = curve.flatMap(({ load, figures: { latency, errors, attempts } }) =>
    latency && errors <= attempts * MOST_ERRORS ? [{ load, ms: latency.p99 }] : [],
  );
  const knee = findKnee(points);
  return knee && { load: knee.load, p99: knee.ms };
}
