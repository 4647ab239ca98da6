import type { Bin, LatencySummary } from "../bench/distribution.ts";
import type { FailureCount } from "../bench/failures.ts";
import type { BenchSummary } from "../bench/summary.ts";
import { drawHistogram } from "./bars.ts";
import { escapeControl } from "./escape.ts";
import { formatBytes, formatCount, formatDuration, formatLatency, formatPlural } from "./format.ts";
import { tableLines } from "./table.ts";
import type { Style, Theme } from "./theme.ts";
import { padStart } from "./width.ts";

export interface ReportOptions {
  readonly theme: Theme;
  /** Columns of a line. */
  readonly columns: number;
}

const LABEL_COLUMNS = 13;
const INDENT = " ".repeat(LABEL_COLUMNS);

/** A finished run in words, a table and a drawing. */
export function benchReport(summary: BenchSummary, options: ReportOptions): string[] {
  const { theme } = options;
  return [
    ...headLines(summary, theme),
    "",
    ...socketLines(summary, theme),
    ...messageLines(summary, theme),
    ...windowLines(summary, theme),
    ...latencySection(summary.latencyMs, theme),
    ...binSection(summary.bins, options),
    ...failureSection(summary, theme),
  ];
}

function labelled(label: string, text: string, theme: Theme): string {
  return `${theme.dim(label.padEnd(LABEL_COLUMNS))}${text}`;
}

function headLines(summary: BenchSummary, theme: Theme): string[] {
  const { url, embedded, load, sockets, client, message, ending } = summary;
  const server = embedded ? "embedded echo server" : escapeControl(url);
  const shape = [
    `closed loop, ${formatCount(load.inFlight)} in flight`,
    formatPlural(sockets.attempted, "socket"),
    formatPlural(client.workers, "worker"),
    `${formatBytes(message.length)} ${message.kind}`,
  ];
  const early = ENDINGS[ending];
  return [
    labelled("bench", theme.bold(server), theme),
    `${INDENT}${shape.join(" · ")}`,
    ...(early === undefined ? [] : [labelled("ended early", theme.warn(early), theme)]),
  ];
}

const ENDINGS: Readonly<Record<BenchSummary["ending"], string | undefined>> = {
  completed: undefined,
  interrupted: "interrupted; these are the figures so far",
  stalled: "no reply came any more",
  disconnected: "no socket was left",
};

function socketLines({ sockets, handshakeMs }: BenchSummary, theme: Theme): string[] {
  const { attempted, opened, failed, unfinished, connectMs } = sockets;
  const parts = [
    `${formatCount(opened)} of ${formatCount(attempted)} in ${formatDuration(connectMs)}`,
    ...(failed > 0 ? [theme.bad(`${formatCount(failed)} failed`)] : []),
    ...(unfinished > 0 ? [theme.warn(`${formatCount(unfinished)} not tried to the end`)] : []),
  ];
  const times = handshakeMs
    ? [`handshake p50 ${latency(handshakeMs.p50)}, p99 ${latency(handshakeMs.p99)}`]
    : [];
  if (failed + unfinished === 0) parts.push(...times.splice(0));
  return [
    labelled("connected", parts.join(" · "), theme),
    ...times.map((text) => labelled("", text, theme)),
  ];
}

function messageLines({ messages }: BenchSummary, theme: Theme): string[] {
  const { sent, answered, lost, inFlight, unexpected } = messages;
  const bad = (count: number, words: string) =>
    count > 0 ? theme.bad(`${formatCount(count)} ${words}`) : `0 ${words}`;
  const sum = `${formatCount(sent)} sent = ${formatCount(answered)} answered`;
  const text = `${sum} + ${bad(lost, "lost")} + ${bad(inFlight, "in flight")}`;
  const surplus =
    unexpected === 1
      ? "1 reply more than was due"
      : `${formatCount(unexpected)} replies more than were due`;
  return [
    labelled("messages", text, theme),
    ...(unexpected > 0 ? [labelled("", theme.warn(surplus), theme)] : []),
  ];
}

/** Nothing where the run ended before the window opened. */
function windowLines(summary: BenchSummary, theme: Theme): string[] {
  if (summary.throughput.windowMs === 0) return [];
  return [
    labelled("throughput", throughputText(summary), theme),
    labelled("client", clientText(summary, theme), theme),
  ];
}

function throughputText({ throughput: passed }: BenchSummary): string {
  return [
    `${formatCount(passed.messagesInPerSecond)} msg/s`,
    `${formatBytes(passed.bytesOutPerSecond)}/s out`,
    `${formatBytes(passed.bytesInPerSecond)}/s in`,
    `over ${formatDuration(passed.windowMs)}`,
  ].join(" · ");
}

/** From this share of its time on it is worth saying that the client waited for a core. */
const WORTH_SAYING = 0.1;

function clientText({ client: own, throughput }: BenchSummary, theme: Theme): string {
  const busy = `${Math.round(own.busy * 100)} % busy`;
  if (!own.limited) return `${busy} – the figures are the server's`;
  const waited = own.waitedMs / (throughput.windowMs * own.workers);
  if (waited < WORTH_SAYING) {
    return `${theme.warn(`${busy} – the client was the limit`)}; more --workers may show more`;
  }
  const waiting = `${busy}, ${Math.round(waited * 100)} % waiting for a core`;
  return `${theme.warn(`${waiting} – the client was the limit`)}; leave it more`;
}

/** Latencies in the middle of a sentence. */
function latency(ms: number): string {
  return formatLatency(ms).replace(/(m?s)$/, " $1");
}

function latencySection(numbers: LatencySummary | undefined, theme: Theme): string[] {
  if (!numbers) return ["", labelled("latency", "nothing was measured", theme)];
  const { min, p50, p90, p99, p99_9, p99_99, max, mean, stddev } = numbers;
  const head = ["min", "p50", "p90", "p99", "p99.9", "p99.99", "max", "mean", "stddev"];
  const cells = [min, p50, p90, p99, p99_9, p99_99, max, mean, stddev].map(formatLatency);
  return ["", ...tableLines({ head: ["latency", ...head], rows: [["echo", ...cells]] }, theme)];
}

function binSection(bins: readonly Bin[], { theme, columns }: ReportOptions): string[] {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const bounds = bins.map(({ fromMs }) => latency(fromMs));
  const width = Math.max(...bounds.map(({ length }) => length));
  const rows = bins.map(({ count }, i) => ({
    label: `${padStart(bounds[i] ?? "", width)}  ${padStart(percent(count / total), 7)}`,
    value: count,
  }));
  return ["", ...drawHistogram(rows, Math.min(columns, 80), theme.in)];
}

/** What is there is not shown as nothing, nor nothing as a little. */
function percent(share: number): string {
  if (share === 0) return "0 %";
  if (share < 0.0001) return "<0.01 %";
  return `${(share * 100).toFixed(share < 0.0995 ? 2 : 1)} %`;
}

function failureSection(summary: BenchSummary, theme: Theme): string[] {
  const { refusals, breaks, discrepancies, client: own } = summary;
  const lines = [
    ...failureLines("did not open", refusals, theme),
    ...failureLines("broke off", breaks, theme),
    ...own.deaths.map((how) => labelled("worker died", theme.bad(escapeControl(how)), theme)),
    ...discrepancies.map((text) => labelled("miscounted", theme.bad(text), theme)),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}

function failureLines(label: string, failures: readonly FailureCount[], theme: Theme): string[] {
  const widest = Math.max(0, ...failures.map(({ count }) => formatCount(count).length));
  return failures.map(({ count, message }, i) =>
    labelled(
      i === 0 ? label : "",
      failureText(padStart(formatCount(count), widest), message, theme.bad),
      theme,
    ),
  );
}

function failureText(count: string, message: string, style: Style): string {
  return `${style(`${count} ×`)} ${escapeControl(message)}`;
}
