import type { Measure } from "../bench/result.ts";
import { usageError } from "../errors.ts";
import { BENCH_OPTIONS } from "./bench-options.ts";
import type { Args } from "./command.ts";

/** Flags that mean something to some measures alone. */
const MEASURES_OF: Readonly<Record<string, readonly Measure[]>> = {
  rate: ["echo", "ping", "fanout", "connect"],
  "rate-per-socket": ["echo", "ping", "fanout"],
  arrival: ["echo", "ping", "fanout", "connect"],
  "in-flight": ["echo", "ping"],
  think: ["echo", "ping"],
  "ping-interval": ["hold"],
  stages: ["echo", "ping", "push", "hold"],
  churn: ["echo", "ping", "push", "hold"],
  reconnect: ["echo", "ping", "push", "fanout", "hold"],
  "connect-rate": ["echo", "ping", "push", "fanout", "hold"],
  size: ["echo", "fanout"],
  payload: ["echo", "fanout"],
  weights: ["echo"],
  binary: ["echo", "fanout"],
  send: ["echo", "ping", "push", "fanout", "hold"],
  match: ["echo"],
  verify: ["echo"],
  replay: ["echo"],
  timeout: ["echo", "ping", "hold"],
  publishers: ["fanout"],
  channel: ["fanout"],
  sequence: ["push"],
};

/** Flags that say the same in different ways, or make no sense together. */
const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ["rate", "rate-per-socket"],
  ["duration", "messages"],
  ["stages", "connections"],
  ["stages", "duration"],
  ["stages", "messages"],
  ["stages", "churn"],
  ["size", "payload"],
  ["replay", "payload"],
  ["replay", "size"],
  ["replay", "binary"],
];

/** Flags that go with the closed model, which a rate makes an open one. */
const CLOSED = ["in-flight", "think"] as const;
const OPEN = ["rate", "rate-per-socket"] as const;

/** The flags on a command line, in the order in which help lists them. */
export function givenFlags(args: Args): string[] {
  return BENCH_OPTIONS.filter(({ name, kind }) => {
    if (kind === "flag") return args.flag(name);
    if (kind === "count") return args.count(name) > 0;
    return kind === "list" ? args.list(name).length > 0 : args.text(name) !== undefined;
  }).map(({ name }) => name);
}

/**
 * Refuses what would go unnoticed, or mean two things.
 * @throws FramecatError (usage)
 */
export function checkTogether(args: Args, measure: Measure): void {
  const given = new Set(givenFlags(args));
  for (const flag of given) {
    const measures = MEASURES_OF[flag];
    if (!measures || measures.includes(measure)) continue;
    throw usageError(`--${flag} belongs to --measure ${listed(measures)}, not to ${measure}`);
  }
  const both = EXCLUSIVE.find((pair) => pair.every((flag) => given.has(flag)));
  if (both) throw usageError(`--${both.join(" and --")} exclude each other`, "Give one of them.");
  const open = OPEN.find((flag) => given.has(flag));
  const closed = CLOSED.find((flag) => given.has(flag));
  if (open && closed) {
    throw usageError(
      `--${closed} belongs to the closed model, and --${open} makes it an open one`,
      "Leave one of them away.",
    );
  }
  if (given.has("arrival") && !open && measure !== "fanout") {
    throw usageError("--arrival needs --rate or --rate-per-socket");
  }
  if (given.has("reconnect-delay") && !given.has("reconnect")) {
    throw usageError("--reconnect-delay needs --reconnect");
  }
}

function listed(words: readonly string[]): string {
  return words.length === 1
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
