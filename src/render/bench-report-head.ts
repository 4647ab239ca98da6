import type { BenchResult, Ending, Stage } from "../bench/result.ts";
import { loadWords, measureWords, rate } from "./bench-report-words.ts";
import { field, type FieldOptions, type Piece, piece, words } from "./fields.ts";
import { formatCount, formatDuration, formatPlural } from "./format.ts";

/** What was run, and whether something stands above all figures. */
export function headSection(result: BenchResult, options: FieldOptions): string[] {
  const { url, embedded, ending, client } = result;
  const server = embedded ? "embedded echo server" : url;
  const early = ENDINGS[ending];
  return [
    ...limitLines(client.limits, options),
    ...field("bench", [piece(server, options.theme.bold), ...shape(result)], options),
    ...(early === undefined ? [] : field("ended early", words(early, options.theme.warn), options)),
  ];
}

/** Figures that are not the server's must not be read as such: this comes first. */
function limitLines(limits: readonly string[], options: FieldOptions): string[] {
  const { theme } = options;
  const loud = {
    ...options,
    theme: { ...theme, dim: (text: string) => theme.bold(theme.warn(text)) },
  };
  const lines = limits.flatMap((limit, i) =>
    field(i === 0 ? "client was the limit:" : "", words(limit, theme.warn), loud),
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

const ENDINGS: Readonly<Record<Ending, string | undefined>> = {
  completed: undefined,
  interrupted: "interrupted; these are the figures so far",
  stalled: "no reply came any more",
  disconnected: "no socket was left",
};

function shape({ settings, client }: BenchResult): Piece[] {
  const { measure, load, connections, churnPerSecond, stages, message, shard } = settings;
  const sends = measure !== "push" && measure !== "hold";
  const { match, verify, deflate } = settings;
  return [
    measure,
    ...(sends ? [loadWords(load, measureWords(measure))] : []),
    formatPlural(connections, "socket"),
    ...(stages.length > 0 ? [stageWords(stages)] : []),
    ...(churnPerSecond > 0 ? [`${rate(churnPerSecond)} sockets replaced per second`] : []),
    formatPlural(client.workers, "worker"),
    ...(message !== "" && sends && measure !== "connect" ? [message] : []),
    ...(match === "order" ? [] : [`replies matched by ${match}`]),
    ...(verify ? ["replies verified"] : []),
    ...(deflate ? ["permessage-deflate"] : []),
    ...(shard ? [`shard ${shard.indexes.join(", ")} of ${shard.count}`] : []),
  ].map((text) => piece(text));
}

/** `to 1,000 in 30 s, 1,000 for 2 min 00 s, to 0 in 30 s`. */
function stageWords(stages: readonly Stage[]): string {
  return stages
    .map(({ connections, durationMs }, i) => {
      const stays = stages[i - 1]?.connections === connections;
      const [to, within] = stays ? ["", "for"] : ["to ", "in"];
      return `${to}${formatCount(connections)} ${within} ${formatDuration(durationMs)}`;
    })
    .join(", ");
}
