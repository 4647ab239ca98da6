import type { BenchProgress } from "../bench/progress.ts";
import { formatCount, formatDuration, formatLatency } from "./format.ts";
import type { Theme } from "./theme.ts";
import { truncate } from "./width.ts";

const PHASES: Readonly<Record<BenchProgress["phase"], string>> = {
  connecting: "connecting",
  ready: "connected",
  "warm-up": "warming up",
  measuring: "measuring",
  draining: "waiting for replies",
  done: "closing",
};

/** How a run stands, in one line. */
export function benchProgressLine(
  progress: BenchProgress,
  { theme, columns }: { readonly theme: Theme; readonly columns: number },
): string {
  const { phase, sockets, messagesPerSecond, p50Ms, p99Ms, errors } = progress;
  const connecting = phase === "connecting" || phase === "ready";
  const parts = [
    PHASES[phase],
    clock(progress),
    `${openSockets(sockets)} open`,
    ...(connecting ? [] : [`${formatCount(messagesPerSecond)} msg/s`]),
    ...(p50Ms === undefined || p99Ms === undefined
      ? []
      : [`p50 ${formatLatency(p50Ms)} p99 ${formatLatency(p99Ms)}`]),
  ];
  const failed = `${formatCount(errors)} failed`;
  const room = columns - (errors > 0 ? failed.length + 3 : 0);
  const text = truncate(parts.join(" · "), room);
  return errors > 0 ? `${theme.dim(text)} · ${theme.bad(failed)}` : theme.dim(text);
}

function openSockets({ open, attempted }: BenchProgress["sockets"]): string {
  return open === attempted
    ? formatCount(open)
    : `${formatCount(open)} of ${formatCount(attempted)}`;
}

function clock({ elapsedMs, remainingMs, done }: BenchProgress): string {
  if (done && done.answered > 0) return `${formatCount(done.answered)} of ${formatCount(done.of)}`;
  const elapsed = formatSeconds(elapsedMs);
  return remainingMs === undefined ? elapsed : `${elapsed}, ${formatSeconds(remainingMs)} to go`;
}

/** In whole seconds: what changes twice a second is not read to the tenth. */
function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** Goes back to the start of the line and empties it. */
export const ERASE_LINE = "\r\u001b[2K";
