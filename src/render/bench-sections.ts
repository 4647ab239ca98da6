import type { LatencySummary } from "../bench/distribution.ts";
import type { FailureCount } from "../bench/failures.ts";
import type { AssertionResult, BenchResult, HistogramName } from "../bench/result.ts";
import type { BenchView } from "../bench/view.ts";
import { latencyPlots, mainHistogram, timePlots } from "./bench-plots.ts";
import { MEASURES } from "./bench-page-words.ts";
import { formatBytes, formatCount, formatDuration, formatLatency, formatPlural } from "./format.ts";
import { type Markup, markup } from "./page/markup.ts";
import type { Section } from "./page/page.ts";
import {
  type Card,
  cards,
  factList,
  type Sum,
  sums,
  table,
  type TableRow,
  type Term,
} from "./page/parts.ts";

/** What a page tells of a run below its head, the most wanted first. */
export function benchSections(view: BenchView): Section[] {
  const { result } = view;
  return [
    { body: cards(keyFigures(view)) },
    ...assertionSection(result),
    { title: "What became of it", body: sums(allSums(result)) },
    ...latencySection(view),
    ...timeSection(view),
    ...failureSection(result),
    { title: "Client and server", body: machineFacts(result) },
  ];
}

function keyFigures({ result, errors }: BenchView): Card[] {
  const main = mainHistogram(result);
  const numbers = main && result.histograms[main];
  const { opened, attempted, connectMs } = result.sockets;
  return [
    throughputCard(result),
    ...(numbers ? latencyCards(numbers, main === "handshake" ? "handshake " : "") : []),
    {
      label: "errors",
      value: formatCount(errors.sockets + errors.messages),
      tone: errors.sockets + errors.messages > 0 ? "bad" : "plain",
      more: markup`<span>${formatPlural(errors.messages, MEASURES[result.settings.measure].noun)},</span> <span>${formatPlural(errors.sockets, "socket")}</span>`,
    },
    {
      label: "sockets",
      value: formatCount(opened),
      ...(opened < attempted && { unit: `of ${formatCount(attempted)}` }),
      // Where handshakes are what is measured, they take as long as the run.
      ...(result.settings.measure !== "connect" && {
        more: markup`<span>connected in ${formatDuration(connectMs)}</span>`,
      }),
    },
  ];
}

function throughputCard({ settings, throughput, messages }: BenchResult): Card {
  const { windowMs, messagesInPerSecond, bytesOutPerSecond, bytesInPerSecond } = throughput;
  const handshakes = windowMs > 0 ? (messages.answered * 1000) / windowMs : 0;
  return {
    label: "throughput",
    value: formatCount(settings.measure === "connect" ? handshakes : messagesInPerSecond),
    unit: MEASURES[settings.measure].rate,
    // Of handshakes the bytes are not counted, and Close frames alone are no throughput.
    ...(settings.measure !== "connect" && {
      more: markup`<span class="out">→ ${formatBytes(bytesOutPerSecond)}/s</span> <span class="in">← ${formatBytes(bytesInPerSecond)}/s</span>`,
    }),
  };
}

/** @param whose `handshake ` where nothing else was timed */
function latencyCards(numbers: LatencySummary, whose: string): Card[] {
  const { p50, p90, p99, p99_9, p99_99, max, mean, min } = numbers;
  const card = (label: string, ms: number, beside: string, other: number): Card => {
    const [, value = "", unit = ""] = /^([\d.]+)(\w+)$/.exec(formatLatency(ms)) ?? [];
    return { label, value, unit, more: markup`<span>${beside} ${spaced(other)}</span>` };
  };
  return [
    card(`${whose}p50`, p50, "mean", mean),
    card(`${whose}p99`, p99, "p90", p90),
    card(`${whose}p99.9`, p99_9, "p99.99", p99_99),
    card(`${whose}max`, max, "min", min),
  ];
}

/** `0.42 ms`. */
function spaced(ms: number): string {
  return formatLatency(ms).replace(/(m?s)$/, " $1");
}

function allSums(result: BenchResult): Sum[] {
  const { messages: m, sockets: s, stream, settings } = result;
  const noun = `${MEASURES[settings.measure].noun}s`;
  const messageSums: Sum[] = [
    {
      title: noun,
      total: term(m.planned, "planned"),
      parts: [term(m.sent, "sent"), bad(m.unsent, "unsent")],
    },
    {
      title: "sent",
      total: term(m.sent, "sent"),
      parts: [
        term(m.answered, "answered"),
        bad(m.wrong, "wrong"),
        bad(m.lost, "lost"),
        bad(m.inFlight, "in flight"),
      ],
    },
  ];
  const streamSums: Sum[] = stream
    ? [
        {
          title: "stream",
          total: term(stream.expected, "expected"),
          parts: [term(stream.received, "received"), bad(stream.missing, "missing")],
        },
      ]
    : [];
  return [
    ...(m.planned > 0 ? messageSums : []),
    ...streamSums,
    {
      title: "sockets",
      total: term(s.attempted, "attempted"),
      parts: [term(s.opened, "opened"), bad(s.failed, "failed"), bad(s.unfinished, "unfinished")],
    },
    {
      title: "opened",
      total: term(s.opened, "opened"),
      parts: [
        term(s.open, "open at the end"),
        none(s.closed, "closed by us"),
        bad(s.broken, "broken"),
      ],
    },
    ...besideSums(result),
  ];
}

/** What is counted beside the sums, where there is any. */
function besideSums({ messages, stream }: BenchResult): Sum[] {
  const beside = [
    bad(messages.duplicated + (stream?.duplicated ?? 0), "duplicated"),
    bad(messages.reordered + (stream?.reordered ?? 0), "reordered"),
    bad(messages.unexpected, "unexpected"),
  ].filter(({ tone }) => tone === "bad");
  return beside.map((total, i) => ({ title: i === 0 ? "beside that" : "", total, parts: [] }));
}

function term(count: number, label: string): Term {
  return { count: formatCount(count), label };
}

/** Of what there should be none. */
function bad(count: number, label: string): Term {
  return { ...term(count, label), tone: count > 0 ? "bad" : "none" };
}

function none(count: number, label: string): Term {
  return { ...term(count, label), tone: count > 0 ? "plain" : "none" };
}

function timeSection(view: BenchView): Section[] {
  const plots = timePlots(view);
  if (plots.length === 0) return [];
  const body = markup`<p class="quiet">What is shaded was not counted. <span class="screen">Drag to zoom, double-click to see all again.</span></p>
`;
  return [{ title: "Over time", body, plots }];
}

const LATENCY_HEAD = ["min", "p50", "p90", "p99", "p99.9", "p99.99", "max", "mean", "stddev"];
const PARTS: ReadonlySet<HistogramName> = new Set(["dns", "tcp", "tls", "upgrade"]);

function latencySection(view: BenchView): Section[] {
  const { histograms } = view.result;
  const names = ROWS.filter((name) => histograms[name] !== undefined);
  if (names.length === 0) return [];
  const rows = names.map((name): TableRow => {
    const numbers = histograms[name];
    const cells = numbers ? latencyCells(numbers) : [];
    return { cells: [rowName(name, view.result), ...cells], part: PARTS.has(name) };
  });
  const body = table({ head: ["", ...LATENCY_HEAD], rows });
  return [{ title: "Latency", body, plots: latencyPlots(view) }];
}

const ROWS: readonly HistogramName[] = [
  "latency",
  "service",
  "slip",
  "gap",
  "handshake",
  "dns",
  "tcp",
  "tls",
  "upgrade",
];

function rowName(name: HistogramName, { histograms }: BenchResult): string {
  return name === "latency" && histograms.service ? "corrected" : name;
}

function latencyCells(numbers: LatencySummary): string[] {
  const { min, p50, p90, p99, p99_9, p99_99, max, mean, stddev } = numbers;
  return [min, p50, p90, p99, p99_9, p99_99, max, mean, stddev].map(spaced);
}

function assertionSection({ assertions }: BenchResult): Section[] {
  if (assertions.length === 0) return [];
  const rows = assertions.map((assertion): TableRow => {
    const { expression, passed, actual, unit } = assertion;
    const measured = actual === undefined ? "nothing measured" : inUnit(actual, unit);
    const verdictCell = passed
      ? markup`<span class="good">met</span>`
      : markup`<span class="bad">missed</span>`;
    return { cells: [markup`<code>${expression}</code>`, verdictCell, measured, offBy(assertion)] };
  });
  return [
    {
      title: "Objectives",
      body: table({ head: ["", "", "measured", "of the bound"], rows, narrow: true }),
    },
  ];
}

function inUnit(value: number, unit: AssertionResult["unit"]): string {
  switch (unit) {
    case "ms":
      return spaced(value);
    case "percent":
      return `${Number(value.toPrecision(3))} %`;
    case "per-second":
      return `${formatCount(value)}/s`;
    case "count":
      return formatCount(value);
    case "bytes":
      return formatBytes(value);
    default:
      return unit satisfies never;
  }
}

/** How much of the bound was reached; no answer where there is no ratio. */
function offBy({ actual, bound }: AssertionResult): string {
  if (actual === undefined || bound === 0) return "";
  const percent = (100 * actual) / bound;
  return `${percent < 1000 ? percent.toFixed(1) : formatCount(percent)} %`;
}

function failureSection({ refusals, breaks }: BenchResult): Section[] {
  const rows = [...failureRows(refusals, "Did not open."), ...failureRows(breaks, "Broke off.")];
  if (rows.length === 0) return [];
  const body = table({ head: ["", "sockets", "why"], rows, words: [2] });
  return [{ title: "Failures", body }];
}

function failureRows(failures: readonly FailureCount[], what: string): TableRow[] {
  return failures.map(({ count, kind, message, hint }) => {
    const advice = hint === undefined ? what : `${what} ${hint}`;
    const why = markup`${message}<div class="quiet">${advice}</div>`;
    return { cells: [kind, formatCount(count), why] };
  });
}

function machineFacts({ client, server, throughput: { windowMs } }: BenchResult): Markup {
  const own = { title: "client", facts: clientFacts(client, windowMs) };
  return factList(server ? [own, { title: "server", facts: serverFacts(server) }] : [own]);
}

function clientFacts(client: BenchResult["client"], windowMs: number): string[] {
  const { busy, cpuMs, gc, loopDelayMs, maxBufferedBytes, rssBytes, waitedMs } = client;
  return [
    ...(windowMs > 0 ? [`${(cpuMs / windowMs).toFixed(2)} cores`] : []),
    formatBytes(rssBytes),
    `busiest worker ${Math.round(busy * 100)} % busy`,
    `event loop at most ${spaced(loopDelayMs.max)} late, p99 ${spaced(loopDelayMs.p99)}`,
    `waited ${formatDuration(waitedMs)} for a core`,
    `${formatPlural(gc.count, "GC pause")}, at most ${spaced(gc.maxMs)}`,
    `at most ${formatBytes(maxBufferedBytes)} unsent`,
  ];
}

function serverFacts(server: NonNullable<BenchResult["server"]>): string[] {
  const { cpuUsPerMessage: perMessage, rssBytesPerConnection: perConnection } = server;
  const { endedAtMs, maxOpenFiles } = server;
  return [
    `${server.cores.toFixed(2)} cores`,
    `at most ${formatBytes(server.maxRssBytes)}`,
    ...(perMessage === undefined ? [] : [`${perMessage.toFixed(1)} µs of CPU a message`]),
    ...(perConnection === undefined ? [] : [`${formatBytes(perConnection)} a connection`]),
    formatPlural(server.maxThreads, "thread"),
    ...(maxOpenFiles === undefined ? [] : [formatPlural(maxOpenFiles, "open file")]),
    `process ${server.pid}`,
    ...(endedAtMs === undefined ? [] : [`ended after ${formatDuration(endedAtMs)}`]),
  ];
}
