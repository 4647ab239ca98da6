import type { BenchResult, BenchSettings, MessageCounts, StreamCounts } from "../bench/result.ts";
import { latency, measureWords, percent } from "./bench-report-words.ts";
import { field, type FieldOptions, type Piece, piece } from "./fields.ts";
import { formatCount, formatDuration } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What became of the sockets and of what was sent and received: sums that add up. */
export function countSection(result: BenchResult, options: FieldOptions): string[] {
  const { messages, stream, settings } = result;
  return [
    ...field("connected", connected(result, options.theme), options),
    ...socketLines(result, options),
    ...messageLines(messages, settings, options),
    ...(stream ? streamLines(stream, options) : []),
  ];
}

function connected({ sockets, histograms, settings }: BenchResult, theme: Theme): Piece[] {
  const { attempted, opened, failed, unfinished, connectMs } = sockets;
  // Where handshakes are what is measured, they take as long as the run, and are told of below.
  const storm = settings.measure === "connect";
  const times = storm ? undefined : histograms.handshake;
  const took = storm ? "" : ` in ${formatDuration(connectMs)}`;
  return [
    piece(`${formatCount(opened)} of ${formatCount(attempted)}${took}`),
    ...(failed > 0 ? [piece(`${formatCount(failed)} failed`, theme.bad)] : []),
    ...(unfinished > 0
      ? [piece(`${formatCount(unfinished)} not tried to the end`, theme.warn)]
      : []),
    ...(times ? [piece(`handshake p50 ${latency(times.p50)}, p99 ${latency(times.p99)}`)] : []),
  ];
}

/** Only where sockets came and went, and where staying open is what was asked for. */
function socketLines({ sockets, settings }: BenchResult, options: FieldOptions): string[] {
  const { opened, open, closed, broken, peak } = sockets;
  if (closed + broken === 0 && settings.measure !== "hold") return [];
  const share = opened > 0 ? ` (${percent(broken / opened)})` : "";
  const pieces = [
    piece(`${formatCount(opened)} opened = ${formatCount(open)} open at the end`),
    ...(closed > 0 ? [piece(`${formatCount(closed)} closed by us`, undefined, " + ")] : []),
    surplus(broken, `broke off${broken > 0 ? share : ""}`, options.theme),
    ...(peak < opened ? [piece(`at most ${formatCount(peak)} at a time`)] : []),
  ];
  return field("sockets", pieces, options);
}

/** A part of a sum that should be nothing. */
function surplus(count: number, what: string, { bad }: Theme): Piece {
  return piece(`${formatCount(count)} ${what}`, count > 0 ? bad : undefined, " + ");
}

/** Nothing where nothing was to be sent. */
function messageLines(
  counts: MessageCounts,
  { measure, load }: BenchSettings,
  options: FieldOptions,
): string[] {
  const { planned, unsent, sent, answered } = counts;
  if (planned + sent === 0) return [];
  const { theme } = options;
  const label = measureWords(measure).sent;
  const kept = unsent === 0 && planned === sent;
  const what = kept && load.model === "open" ? "planned" : "sent";
  const sum = [
    piece(`${formatCount(sent)} ${what} = ${formatCount(answered)} answered`),
    ...missed(counts, theme),
  ];
  const plan = [
    piece(`${formatCount(planned)} planned = ${formatCount(sent)} sent`),
    surplus(unsent, "never sent", theme),
  ];
  const odd = oddReplies(counts, theme);
  return [
    ...(kept ? [] : field(label, plan, options)),
    ...field(kept ? label : "", sum, options),
    ...(odd.length > 0 ? field("", odd, options) : []),
  ];
}

function missed({ wrong, lost, inFlight }: MessageCounts, theme: Theme): Piece[] {
  return [
    ...(wrong > 0 ? [surplus(wrong, "answered wrongly", theme)] : []),
    surplus(lost, "lost", theme),
    surplus(inFlight, "in flight", theme),
  ];
}

/** What is counted beside the sum. */
function oddReplies({ duplicated, reordered, unexpected }: MessageCounts, theme: Theme): Piece[] {
  return [
    ...(duplicated > 0 ? [`${formatCount(duplicated)} duplicated`] : []),
    ...(reordered > 0 ? [`${formatCount(reordered)} out of order`] : []),
    ...(unexpected > 0 ? [`${formatCount(unexpected)} unexpected`] : []),
  ].map((text) => piece(text, theme.bad));
}

function streamLines(counts: StreamCounts, options: FieldOptions): string[] {
  const { expected, received, missing, duplicated, reordered } = counts;
  const { theme } = options;
  const pieces = [
    piece(`${formatCount(expected)} expected = ${formatCount(received)} received`),
    surplus(missing, "missing", theme),
    ...(duplicated > 0 ? [piece(`${formatCount(duplicated)} duplicated`, theme.bad)] : []),
    ...(reordered > 0 ? [piece(`${formatCount(reordered)} out of order`, theme.bad)] : []),
  ];
  return field("received", pieces, options);
}
