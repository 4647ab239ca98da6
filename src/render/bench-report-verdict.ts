import type { BenchResult, Measure } from "../bench/result.ts";
import { latency, measureWords, rate } from "./bench-report-words.ts";
import { field, type FieldOptions, words } from "./fields.ts";
import { formatCount, formatDuration, formatPlural } from "./format.ts";
import type { Style } from "./theme.ts";

/** The whole run in one sentence, as the last line. */
export function verdictSection(result: BenchResult, options: FieldOptions): string[] {
  const { text, style } = verdictOf(result, options);
  return ["", ...field("verdict", words(text, style), options)];
}

function verdictOf(result: BenchResult, { theme }: FieldOptions): { text: string; style: Style } {
  const wrong = [...ownTroubles(result), ...peerTroubles(result)];
  if (wrong.length > 0) return { text: `not all went well: ${listed(wrong)}`, style: theme.bad };
  const interrupted = result.ending === "interrupted";
  if (result.throughput.windowMs === 0) {
    const text = interrupted ? "interrupted before anything was measured" : "nothing was measured";
    return { text, style: theme.warn };
  }
  if (interrupted) {
    return { text: `${achieved(result)}, until it was interrupted`, style: theme.warn };
  }
  if (result.client.limits.length > 0) {
    const text = `${achieved(result)}; the client was the limit, so the server may do better`;
    return { text, style: theme.warn };
  }
  return { text: achieved(result), style: theme.good };
}

/** What went wrong beside the server, or in the eyes of who set the bounds. */
function ownTroubles({ client, discrepancies, assertions }: BenchResult): string[] {
  const failed = assertions.filter(({ passed }) => !passed).length;
  return [
    ...some(client.deaths.length, (n) => `${n} of ${formatPlural(client.workers, "worker")} died`),
    ...some(discrepancies.length, () => "the counts do not agree"),
    ...some(failed, (n) => `${n} of ${formatPlural(assertions.length, "assertion")} failed`),
  ];
}

function peerTroubles(result: BenchResult): string[] {
  const { sockets, messages, stream, ending, settings } = result;
  const { noun } = measureWords(settings.measure);
  const stalled = ending === "stalled" || ending === "disconnected";
  const due = formatCount(stream?.expected ?? 0);
  const waiting = ending === "interrupted" ? 0 : messages.inFlight;
  return [
    ...(result.server?.endedAtMs === undefined ? [] : ["the server ended"]),
    ...some(
      sockets.failed,
      (n) => `${n} of ${formatPlural(sockets.attempted, "socket")} did not open`,
    ),
    ...some(
      sockets.broken,
      (n) => `${n} of ${formatPlural(sockets.opened, "open socket")} broke off`,
    ),
    ...some(messages.unsent, (n, be) => `${n} of the planned ${noun}s ${be} never sent`),
    ...some(messages.wrong, (n, be) => `${n} ${be} answered wrongly`),
    ...some(messages.lost, (n, be) => `${n} ${be} lost`),
    ...some(waiting, (n, be) => `${n} ${be} never answered`),
    ...some(stream?.missing ?? 0, (n, be) => `${n} of ${due} expected ${be} missing`),
    ...some(messages.duplicated + (stream?.duplicated ?? 0), (n, be) => `${n} ${be} duplicated`),
    ...some(messages.reordered + (stream?.reordered ?? 0), (n, be) => `${n} ${be} out of order`),
    ...some(messages.unexpected, (n, be) => `${n} ${be} unexpected`),
    ...(stalled ? ["the run ended early"] : []),
  ];
}

/** Nothing for a count of 0. */
function some(count: number, say: (count: string, be: "was" | "were") => string): string[] {
  return count > 0 ? [say(formatCount(count), count === 1 ? "was" : "were")] : [];
}

/** More than these make no sentence; all of them stand above. */
const MOST_TROUBLES = 4;

/** `a`, `a and b`, `a, b and c`. */
function listed(all: readonly string[]): string {
  const more = all.length - MOST_TROUBLES + 1;
  const parts = more > 1 ? [...all.slice(0, -more), `${more} more troubles`] : all;
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

/** What the run has shown, by what it was made for. */
function achieved(result: BenchResult): string {
  const { settings, throughput, messages, sockets, stream, histograms } = result;
  const { messagesInPerSecond, windowMs } = throughput;
  const { noun, histogram } = measureWords(settings.measure);
  const numbers = histograms[histogram];
  const what = settings.measure === "push" ? "gaps " : "";
  const times = numbers ? `, ${what}p50 ${latency(numbers.p50)}, p99 ${latency(numbers.p99)}` : "";
  const answered = formatPlural(messages.answered, noun);
  const received = `${rate(messagesInPerSecond)}/s`;
  const done: Record<Measure, string> = {
    echo: `${answered} answered at ${received}`,
    ping: `${answered} answered at ${received}`,
    push: `${formatCount(stream?.received ?? 0)} messages received at ${received}`,
    fanout: `${formatCount(stream?.received ?? 0)} deliveries made at ${received}`,
    connect: `${answered} done at ${rate((messages.answered / windowMs) * 1000)}/s`,
    hold: `${formatPlural(sockets.open, "socket")} stayed open for ${formatDuration(windowMs)}`,
  };
  return `${done[settings.measure]}${times}`;
}
