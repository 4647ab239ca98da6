import { stripVTControlCharacters } from "node:util";
import type { BenchProgress } from "../bench/progress-state.ts";
import type { Phase } from "../bench/worker-protocol.ts";
import { displayWidth, padStart, truncate } from "../width.ts";
import { byteRate, latency, rate } from "./bench-report-words.ts";
import { field, type FieldOptions, LABEL_COLUMNS, type Piece, piece } from "./fields.ts";
import { formatCount, formatDuration, formatPlural } from "./format.ts";
import { drawSparkline } from "./plot.ts";
import type { Style } from "./theme.ts";

export interface LiveOptions extends FieldOptions {
  /** Rows of the terminal. */
  readonly rows: number;
}

const PHASES: Readonly<Record<Phase, string>> = {
  connecting: "connecting",
  ready: "connected",
  "warm-up": "warming up",
  measuring: "measuring",
  draining: "draining",
  done: "closing",
};

/** How a run stands, in lines that fit the terminal; what matters least is left out first. */
export function benchLive(progress: BenchProgress, options: LiveOptions): string[] {
  const { columns, rows } = options;
  const lines = [
    phaseLine(progress, options),
    ...socketLine(progress, options),
    ...trafficLines(progress, options),
    ...latencyLine(progress, options),
    ...historyLines(progress, options),
  ];
  // The cursor stands on the line below, which must be on the screen too.
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => fit(line, columns));
}

/** How a run stands, in one line of a log. */
export function benchPlainLine(progress: BenchProgress): string {
  const { messagesOutPerSecond: sent, messagesInPerSecond: received, errors } = progress;
  const { open, attempted } = progress.sockets;
  return [
    `${PHASES[progress.phase]} ${clock(progress)}`,
    open === attempted
      ? `${formatCount(open)} open`
      : `${formatCount(open)} of ${formatCount(attempted)} open`,
    ...(connecting(progress) ? [] : [`→ ${rate(sent)} ← ${rate(received)} msg/s`]),
    ...percentiles(progress),
    ...(errors > 0 ? [formatPlural(errors, "error")] : []),
  ].join(" · ");
}

function connecting({ phase }: BenchProgress): boolean {
  return phase === "connecting" || phase === "ready";
}

function percentiles({ p50Ms, p99Ms }: BenchProgress): string[] {
  return p50Ms === undefined || p99Ms === undefined
    ? []
    : [`p50 ${latency(p50Ms)}, p99 ${latency(p99Ms)}`];
}

/** A longer bar says no more. */
const MOST_BAR = 40;

function phaseLine(progress: BenchProgress, { theme, columns }: LiveOptions): string {
  const label = theme.bold(PHASES[progress.phase].padEnd(LABEL_COLUMNS));
  const time = clock(progress);
  const share = shareDone(progress);
  const room = Math.min(MOST_BAR, columns - LABEL_COLUMNS - displayWidth(time) - 2);
  if (share === undefined || room < 4) return `${label}${time}`;
  const full = Math.round(share * room);
  return `${label}${theme.in("━".repeat(full))}${theme.dim("─".repeat(room - full))}  ${time}`;
}

/** How much of the run is over (0–1); undefined where nobody can tell. */
function shareDone({ done, elapsedMs, remainingMs }: BenchProgress): number | undefined {
  if (done) return done.of > 0 ? Math.min(1, done.answered / done.of) : undefined;
  if (remainingMs === undefined) return undefined;
  const total = elapsedMs + remainingMs;
  return total > 0 ? elapsedMs / total : undefined;
}

function clock({ phase, elapsedMs, remainingMs, done }: BenchProgress): string {
  const elapsed = wholeSeconds(elapsedMs);
  if (done) return `${elapsed}, ${formatCount(done.answered)} of ${formatCount(done.of)} answered`;
  const over = phase === "draining" || phase === "done";
  if (remainingMs === undefined || over) return elapsed;
  return `${elapsed}, ${wholeSeconds(remainingMs)} to go`;
}

/** What changes twice a second is not read to the tenth. */
function wholeSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** The first line of a field: what has no room is left out. */
function oneLine(label: string, pieces: readonly Piece[], options: FieldOptions): string[] {
  return field(label, pieces, options).slice(0, 1);
}

function socketLine({ sockets, errors }: BenchProgress, options: LiveOptions): string[] {
  const { connecting: dialing, open, failed, closed } = sockets;
  const { bad } = options.theme;
  const pieces = [
    piece(`${formatCount(open)} open`),
    ...(errors > 0 ? [piece(formatPlural(errors, "error"), bad)] : []),
    ...(failed > 0 ? [piece(`${formatCount(failed)} failed`, bad)] : []),
    ...(dialing > 0 ? [piece(`${formatCount(dialing)} connecting`)] : []),
    ...(closed > 0 ? [piece(`${formatCount(closed)} closed`)] : []),
  ];
  return oneLine("sockets", pieces, options);
}

/** Messages and bytes, one direction below the other. */
function trafficLines(progress: BenchProgress, options: LiveOptions): string[] {
  if (connecting(progress)) return [];
  const { messagesOutPerSecond: sent, messagesInPerSecond: received } = progress;
  const messages = alignRight([`${rate(sent)} msg/s`, `${rate(received)} msg/s`]);
  const bytes = alignRight([
    byteRate(progress.bytesOutPerSecond),
    byteRate(progress.bytesInPerSecond),
  ]);
  const line = (i: number, label: string, style: Style, more: readonly Piece[] = []) =>
    oneLine(
      label,
      [piece(messages[i] ?? "", style), piece(bytes[i] ?? "", undefined, "   "), ...more],
      options,
    );
  return [
    ...line(0, "→ out", options.theme.out, schedule(progress, options)),
    ...line(1, "← in", options.theme.in),
  ];
}

function alignRight(texts: readonly string[]): string[] {
  const width = Math.max(...texts.map(displayWidth));
  return texts.map((text) => padStart(text, width));
}

/** From here on it is worth a color that messages leave late. */
const LATE_MS = 10;

function schedule({ plannedPerSecond, slipMs }: BenchProgress, { theme }: LiveOptions): Piece[] {
  const late = slipMs !== undefined && slipMs >= LATE_MS;
  return [
    ...(plannedPerSecond === undefined
      ? []
      : [piece(`of ${rate(plannedPerSecond)} planned`, theme.dim, "   ")]),
    ...(slipMs === undefined
      ? []
      : [piece(`${latency(slipMs)} late`, late ? theme.warn : theme.dim, ", ")]),
  ];
}

function latencyLine(progress: BenchProgress, options: LiveOptions): string[] {
  const texts = percentiles(progress);
  return texts.length === 0
    ? []
    : oneLine(
        "last second",
        texts.map((text) => piece(text)),
        options,
      );
}

/** Less than this is no picture. */
const LEAST_SPARKS = 8;
const MOST_SPARKS = 60;

function historyLines({ history }: BenchProgress, options: LiveOptions): string[] {
  if (history.length < 2) return [];
  const { theme } = options;
  const received = history.map(({ messagesInPerSecond }) => messagesInPerSecond);
  const tails = history.map(({ p99Ms }) => p99Ms);
  return [
    ...sparkLine("throughput", received, (most) => `${rate(most)} msg/s`, theme.in, options),
    ...sparkLine("p99", tails, latency, theme.out, options),
  ];
}

function sparkLine(
  label: string,
  values: readonly (number | undefined)[],
  format: (most: number) => string,
  style: Style,
  { theme, columns }: LiveOptions,
): string[] {
  const side = `  max ${format(largest(values))}`;
  const room = Math.min(MOST_SPARKS, columns - LABEL_COLUMNS - displayWidth(side));
  const shown = room < LEAST_SPARKS ? [] : values.slice(-room);
  const most = largest(shown);
  if (most === 0) return [];
  const sparks = style(drawSparkline(shown, room));
  return [
    `${theme.dim(label.padEnd(LABEL_COLUMNS))}${sparks}${theme.dim(`  max ${format(most)}`)}`,
  ];
}

function largest(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** A line too wide would wrap, and the next drawing miss its place. */
function fit(line: string, columns: number): string {
  const text = stripVTControlCharacters(line);
  return displayWidth(text) <= columns ? line : truncate(text, columns);
}
