import type { BenchResult, Measure } from "../bench/result.ts";
import type { BenchView } from "../bench/view.ts";
import { loadWords, measureWords } from "./bench-report-words.ts";
import { formatDuration, formatPlural } from "./format.ts";
import type { Tone } from "./page/parts.ts";

/** A run in words, for a page. */

export function facts({ settings, sockets, client, throughput }: BenchResult): string[] {
  const { measure, load, message, shard } = settings;
  const sends = measure !== "push" && measure !== "hold" && measure !== "connect";
  return [
    MEASURES[measure].name,
    ...(sends ? [loadWords(load, measureWords(measure))] : []),
    formatPlural(sockets.attempted, "socket"),
    formatPlural(client.workers, "worker"),
    ...(sends ? [message] : []),
    `${formatDuration(throughput.windowMs)} measured`,
    ...(shard ? [`shard ${shard.indexes.join(", ")} of ${shard.count}`] : []),
  ].filter((fact) => fact !== "");
}

/** What is measured, and what is counted thereby. */
export const MEASURES: Readonly<
  Record<Measure, { readonly name: string; readonly noun: string; readonly rate: string }>
> = {
  echo: { name: "echo", noun: "message", rate: "msg/s" },
  ping: { name: "ping", noun: "ping", rate: "pings/s" },
  push: { name: "push", noun: "message", rate: "msg/s" },
  fanout: { name: "fan-out", noun: "publication", rate: "msg/s" },
  connect: { name: "handshakes", noun: "handshake", rate: "handshakes/s" },
  hold: { name: "idle sockets", noun: "ping", rate: "pings/s" },
};

/** The run in a sentence: the worst of it, or that all is well. */
export function verdict({ result, errors }: BenchView): {
  readonly tone: Tone;
  readonly text: string;
} {
  const { assertions, client, discrepancies, ending, settings, messages, sockets } = result;
  const missed = assertions.filter(({ passed }) => !passed).length;
  const { noun } = MEASURES[settings.measure];
  if (client.deaths.length > 0 || discrepancies.length > 0) {
    return { tone: "bad", text: "framecat itself failed; these figures cannot be relied on." };
  }
  if (ending !== "completed") return { tone: "warn", text: ENDINGS[ending] };
  const failed = errors.sockets + errors.messages > 0 ? [errorText(errors, noun)] : [];
  if (missed > 0) {
    const objectives = `${missed} of ${formatPlural(assertions.length, "objective")} missed.`;
    return { tone: "bad", text: [objectives, ...failed].join(" ") };
  }
  if (failed.length > 0) return { tone: "bad", text: failed.join(" ") };
  const held = assertions.length > 0 ? ` ${formatPlural(assertions.length, "objective")} met.` : "";
  return {
    tone: client.limits.length > 0 ? "warn" : "good",
    text: `${allWell(messages.sent, sockets.opened, noun)}${held}`,
  };
}

/** `All 20 messages`, `The 1 message`. */
function all(count: number, noun: string): string {
  return `${count === 1 ? "The" : "All"} ${formatPlural(count, noun)}`;
}

function allWell(sent: number, opened: number, noun: string): string {
  if (sent === 0) return `${all(opened, "socket")} opened and stayed.`;
  const answered = `${sent === 1 ? "was" : "were"} answered`;
  return `${all(sent, noun)} ${noun === "handshake" ? "succeeded" : answered}; no socket failed.`;
}

const ENDINGS = {
  interrupted: "Interrupted: these are the figures until then.",
  stalled: "Ended early: no reply came any more.",
  disconnected: "Ended early: no socket was left.",
} as const;

function errorText(errors: BenchView["errors"], noun: string): string {
  const parts = [
    ...(errors.messages > 0 ? [formatPlural(errors.messages, noun)] : []),
    ...(errors.sockets > 0 ? [formatPlural(errors.sockets, "socket")] : []),
  ];
  return `${parts.join(" and ")} failed.`;
}
