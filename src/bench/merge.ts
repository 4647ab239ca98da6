import { judgeAssertion, parseAssertion } from "./assertions.ts";
import { type FailureCount, mergeFailures } from "./failures.ts";
import { mergeHistograms } from "./merge-histograms.ts";
import { mergeIntervals } from "./merge-intervals.ts";
import {
  type AssertionResult,
  type BenchResult,
  type BenchSettings,
  type ClientResult,
  type Ending,
  HISTOGRAM_NAMES,
  type HistogramName,
  type HistogramResult,
  type LoadModel,
  type RunLength,
  type SocketResult,
  type StreamCounts,
  type Throughput,
} from "./result.ts";
import { mergeServers } from "./merge-servers.ts";
import { checkSameRun } from "./same-run.ts";

/**
 * Joins parts of one run, as `--shard` makes them, in any order and any grouping.
 *
 * 1. Counts and histograms are added, buckets and all: nothing is averaged.
 * 2. What is the most of something at a moment (`peak`, buffered bytes) is added too, as if all
 *    moments were the same: an upper bound. Shares of time are those of the busiest part.
 * 3. Rates are what passed in all windows over the longest window. Objectives are judged anew.
 * 4. The whole has no `shard`; where parts are missing it says which it has.
 *
 * @param names what to call them in errors, such as their files
 * @throws FramecatError (usage) where they are no parts of one run
 */
export function mergeResults(
  results: readonly BenchResult[],
  names: readonly string[] = [],
): BenchResult {
  const [first] = checkSameRun(results, names);
  const stream = mergeStreams(results);
  const server = mergeServers(results);
  const merged: BenchResult = {
    v: "framecat.bench/1",
    startedAt: results.map(({ startedAt }) => startedAt).reduce(earlier),
    // A URL has no spaces.
    url: union(results.flatMap(({ url }) => url.split(" "))).join(" "),
    embedded: results.every(({ embedded }) => embedded),
    settings: mergeSettings(
      results.map(({ settings }) => settings),
      first.settings,
    ),
    ending: worstEnding(results),
    sockets: mergeSockets(
      results.map(({ sockets }) => sockets),
      first.sockets,
    ),
    messages: addUp(
      results.map(({ messages }) => messages),
      first.messages,
    ),
    ...(stream && { stream }),
    throughput: mergeThroughput(results.map(({ throughput }) => throughput)),
    histograms: mergeAllHistograms(results),
    intervals: mergeIntervals(results),
    client: mergeClients(results),
    ...(server && { server }),
    refusals: mergeFailureLists(results.map(({ refusals }) => refusals)),
    breaks: mergeFailureLists(results.map(({ breaks }) => breaks)),
    assertions: [],
    discrepancies: union(results.flatMap(({ discrepancies }) => discrepancies)),
  };
  return { ...merged, assertions: judgeAnew(results, merged) };
}

type Numbers<T> = { readonly [K in keyof T]: number };

/** The sums of all fields that `like` has. */
function addUp<T extends Numbers<T>>(records: readonly T[], like: T): T {
  const fields = Object.keys(like) as (keyof T)[];
  return Object.fromEntries(
    fields.map((name) => [name, sumOf(records, (each) => each[name])]),
  ) as T;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function maxOf<T>(items: readonly T[], of: (item: T) => number): number {
  return Math.max(...items.map(of));
}

/** Each text once, in an order that does not depend on that of the parts. */
function union(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}

function earlier(a: string, b: string): string {
  return Date.parse(b) < Date.parse(a) ? b : a;
}

function mergeSettings(all: readonly BenchSettings[], first: BenchSettings): BenchSettings {
  const { shard, ...settings } = first;
  const indexes = all.flatMap((each) => each.shard?.indexes ?? []).toSorted((a, b) => a - b);
  return {
    ...settings,
    load: mergeLoads(
      all.map(({ load }) => load),
      settings.load,
    ),
    length: mergeLengths(
      all.map(({ length }) => length),
      settings.length,
    ),
    connections: sumOf(all, ({ connections }) => connections),
    stages: settings.stages.map((stage, index) => ({
      ...stage,
      connections: sumOf(all, ({ stages }) => stages[index]?.connections ?? 0),
    })),
    churnPerSecond: sumOf(all, ({ churnPerSecond }) => churnPerSecond),
    ...(shard && indexes.length < shard.count && { shard: { ...shard, indexes } }),
  };
}

function mergeLoads(all: readonly LoadModel[], load: LoadModel): LoadModel {
  if (load.model === "closed" || load.per === "socket") return load;
  const ratePerSecond = sumOf(all, (each) => (each.model === "open" ? each.ratePerSecond : 0));
  return { ...load, ratePerSecond };
}

function mergeLengths(all: readonly RunLength[], length: RunLength): RunLength {
  if (length.kind === "duration") return length;
  return { ...length, count: sumOf(all, (each) => (each.kind === "messages" ? each.count : 0)) };
}

/** The worst one first. */
const ENDINGS: readonly Ending[] = ["interrupted", "stalled", "disconnected", "completed"];

function worstEnding(results: readonly BenchResult[]): Ending {
  return (
    ENDINGS.find((ending) => results.some((result) => result.ending === ending)) ?? "completed"
  );
}

function mergeSockets(all: readonly SocketResult[], first: SocketResult): SocketResult {
  return { ...addUp(all, first), connectMs: maxOf(all, ({ connectMs }) => connectMs) };
}

function mergeStreams(results: readonly BenchResult[]): StreamCounts | undefined {
  const streams = results.flatMap(({ stream }) => (stream ? [stream] : []));
  const [first] = streams;
  return first && addUp(streams, first);
}

/** What passed is a whole number: taken from the rate and the window, it is so again. */
function mergeThroughput(all: readonly Throughput[]): Throughput {
  const windowMs = maxOf(all, (each) => each.windowMs);
  const perSecond = (rate: Exclude<keyof Throughput, "windowMs">) => {
    const passed = sumOf(all, (each) => Math.round((each[rate] * each.windowMs) / 1000));
    return windowMs === 0 ? 0 : (passed * 1000) / windowMs;
  };
  return {
    windowMs,
    messagesOutPerSecond: perSecond("messagesOutPerSecond"),
    messagesInPerSecond: perSecond("messagesInPerSecond"),
    bytesOutPerSecond: perSecond("bytesOutPerSecond"),
    bytesInPerSecond: perSecond("bytesInPerSecond"),
  };
}

function mergeAllHistograms(results: readonly BenchResult[]): BenchResult["histograms"] {
  const merged: { [name in HistogramName]?: HistogramResult } = {};
  for (const name of HISTOGRAM_NAMES) {
    const parts = results.flatMap(({ histograms }) => histograms[name] ?? []);
    const whole = mergeHistograms(parts);
    if (whole) merged[name] = whole;
  }
  return merged;
}

function mergeClients(results: readonly BenchResult[]): ClientResult {
  const all = results.map(({ client }) => client);
  const open = sumOf(results, ({ sockets }) => sockets.open);
  // Whole numbers, so that the order of the parts does not show.
  const grownBytes = sumOf(results, ({ client, sockets }) =>
    Math.round((client.rssBytesPerConnection ?? 0) * sockets.open),
  );
  return {
    workers: sumOf(all, ({ workers }) => workers),
    deaths: all.flatMap(({ deaths }) => deaths).toSorted(),
    cpuMs: sumOf(all, ({ cpuMs }) => cpuMs),
    waitedMs: sumOf(all, ({ waitedMs }) => waitedMs),
    busy: maxOf(all, ({ busy }) => busy),
    loopUtilization: maxOf(all, ({ loopUtilization }) => loopUtilization),
    loopDelayMs: {
      p99: maxOf(all, ({ loopDelayMs }) => loopDelayMs.p99),
      max: maxOf(all, ({ loopDelayMs }) => loopDelayMs.max),
    },
    gc: {
      count: sumOf(all, ({ gc }) => gc.count),
      totalMs: sumOf(all, ({ gc }) => gc.totalMs),
      maxMs: maxOf(all, ({ gc }) => gc.maxMs),
    },
    maxBufferedBytes: sumOf(all, ({ maxBufferedBytes }) => maxBufferedBytes),
    rssBytes: sumOf(all, ({ rssBytes }) => rssBytes),
    ...(grownBytes > 0 && { rssBytesPerConnection: grownBytes / open }),
    limits: union(all.flatMap(({ limits }) => limits)),
  };
}

/** Equally frequent ones in an order that does not depend on that of the parts. */
function mergeFailureLists(lists: readonly (readonly FailureCount[])[]): FailureCount[] {
  const inOrder = (a: FailureCount, b: FailureCount) =>
    b.count - a.count || `${a.code} ${a.message}`.localeCompare(`${b.code} ${b.message}`, "en");
  return mergeFailures(lists).toSorted(inOrder);
}

/** Every objective of a part, judged by the whole. */
function judgeAnew(results: readonly BenchResult[], whole: BenchResult): AssertionResult[] {
  const expressions = results.flatMap(({ assertions }) =>
    assertions.map((each) => each.expression),
  );
  return union(expressions).map((each) =>
    judgeAssertion(parseAssertion(each, "assertions"), whole),
  );
}
