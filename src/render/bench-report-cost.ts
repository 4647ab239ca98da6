import type { BenchResult, ClientResult, ServerResult } from "../bench/result.ts";
import { byteRate, latency, measureWords, rate } from "./bench-report-words.ts";
import { field, type FieldOptions, piece, words } from "./fields.ts";
import { formatBytes, formatCount, formatDuration, formatPlural } from "./format.ts";

/** How much passed in the measured window, and what it cost both sides. */
export function costSection(result: BenchResult, options: FieldOptions): string[] {
  const { throughput, client, server } = result;
  // The run ended before the window opened.
  if (throughput.windowMs === 0) return [];
  return [
    ...throughputLines(result, options),
    ...clientLines(result, options),
    ...noteLines(client, throughput.windowMs, options),
    ...memoryLines(result, options),
    ...(server ? serverLines(server, options) : []),
  ];
}

function throughputLines(result: BenchResult, options: FieldOptions): string[] {
  const { windowMs, bytesOutPerSecond, bytesInPerSecond } = result.throughput;
  const { theme } = options;
  // Of handshakes the bytes are not counted, and Close frames alone are no throughput.
  const counted = result.settings.measure !== "connect";
  const pieces = [
    ...headline(result).map((text) => piece(text, theme.bold)),
    ...(counted && bytesOutPerSecond > 0 ? [piece(`${byteRate(bytesOutPerSecond)} out`)] : []),
    ...(counted && bytesInPerSecond > 0 ? [piece(`${byteRate(bytesInPerSecond)} in`)] : []),
    piece(`over ${formatDuration(windowMs)}`),
  ];
  return field(result.settings.measure === "hold" ? "held" : "throughput", pieces, options);
}

/** The figure that the run was made for. */
function headline({ settings, throughput, messages, sockets }: BenchResult): string[] {
  const { measure } = settings;
  const { messagesInPerSecond, messagesOutPerSecond, windowMs } = throughput;
  const { perSecond, sentRate } = measureWords(measure);
  if (measure === "hold") return [formatPlural(sockets.open, "socket")];
  if (measure === "connect") return [`${rate((messages.answered / windowMs) * 1000)} ${perSecond}`];
  const received = `${rate(messagesInPerSecond)} ${perSecond}`;
  return measure === "fanout"
    ? [received, `${rate(messagesOutPerSecond)} ${sentRate}`]
    : [received];
}

function clientLines({ client, histograms }: BenchResult, options: FieldOptions): string[] {
  const late = histograms.slip ? `, sent at most ${latency(histograms.slip.max)} late` : "";
  const limited = client.limits.length > 0;
  const whose = limited ? "the figures are not the server's alone" : "the figures are the server's";
  const text = `${Math.round(client.busy * 100)} % busy${late} – ${whose}`;
  return field("client", words(text, limited ? options.theme.warn : undefined), options);
}

/** From here on it is worth saying what may have blurred the figures. */
const NOTEWORTHY = { gcShare: 0.02, gcMs: 10, loopP99Ms: 5, loopMaxMs: 50, bufferedBytes: 2 ** 20 };

/** Nothing where the client ran smoothly. */
function noteLines(client: ClientResult, windowMs: number, options: FieldOptions): string[] {
  const { gc, loopDelayMs: delay, maxBufferedBytes, workers } = client;
  const paused =
    gc.maxMs >= NOTEWORTHY.gcMs || gc.totalMs >= windowMs * workers * NOTEWORTHY.gcShare;
  const late = delay.p99 >= NOTEWORTHY.loopP99Ms || delay.max >= NOTEWORTHY.loopMaxMs;
  const notes = [
    ...(paused
      ? [
          `${formatPlural(gc.count, "gc pause")}, ${latency(gc.totalMs)} in all, longest ${latency(gc.maxMs)}`,
        ]
      : []),
    ...(late ? [`event loop late: p99 ${latency(delay.p99)}, max ${latency(delay.max)}`] : []),
    ...(maxBufferedBytes >= NOTEWORTHY.bufferedBytes
      ? [`up to ${formatBytes(maxBufferedBytes)} unsent in its sockets`]
      : []),
  ];
  return notes.length === 0
    ? []
    : field(
        "",
        notes.map((note) => piece(note, options.theme.warn)),
        options,
      );
}

/** So many sockets cost memory that is worth knowing. */
const MANY_SOCKETS = 1000;

function memoryLines({ client, sockets, settings }: BenchResult, options: FieldOptions): string[] {
  if (settings.measure !== "hold" && sockets.peak < MANY_SOCKETS) return [];
  const { rssBytes, rssBytesPerConnection: memory, workers } = client;
  const each = memory === undefined ? [] : [`${formatBytes(memory)} per socket`];
  const texts = [`${formatBytes(rssBytes)} in ${formatPlural(workers, "worker")}`, ...each];
  return field(
    "memory",
    texts.map((text) => piece(text)),
    options,
  );
}

function serverLines(server: ServerResult, options: FieldOptions): string[] {
  const { cores, maxRssBytes, maxThreads, maxOpenFiles, endedAtMs } = server;
  const { cpuUsPerMessage: cpu, rssBytesPerConnection: memory } = server;
  const texts = [
    `${cores.toFixed(2)} cores`,
    formatBytes(maxRssBytes),
    formatPlural(maxThreads, "thread"),
    ...(maxOpenFiles === undefined ? [] : [`${formatCount(maxOpenFiles)} files`]),
    ...(cpu === undefined ? [] : [`${cpu.toFixed(cpu < 9.95 ? 1 : 0)} µs CPU per message`]),
    ...(memory === undefined ? [] : [`${formatBytes(memory)} per connection`]),
  ];
  const ended = endedAtMs === undefined ? [] : [piece(endedText(endedAtMs), options.theme.bad)];
  return field("server", [...ended, ...texts.map((text) => piece(text))], options);
}

function endedText(atMs: number): string {
  return atMs < 0 ? "ended before the load" : `ended ${formatDuration(atMs)} into the run`;
}
