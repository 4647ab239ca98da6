import { BENCH_OPTIONS } from "./bench-options.ts";
import type { OptionSpec } from "./command.ts";

const SEARCH_OPTIONS: readonly OptionSpec[] = [
  {
    name: "slo",
    kind: "list",
    value: "EXPR,…",
    description: "what the load has to hold: 'p99<50ms' 'errors<0.1%' 'rate>10000'; repeatable",
    default: "p99<50ms,errors<0.1%",
    topic: "Search",
    common: true,
  },
  {
    name: "vary",
    kind: "text",
    value: "WHAT",
    choices: ["rate", "connections"],
    description: "what grows: messages per second of all sockets together, or sockets",
    default: "rate",
    topic: "Search",
    common: true,
  },
  {
    name: "from",
    kind: "text",
    value: "LOAD",
    description: "the lowest load, as 100/s or 10; it is tried first",
    default: "100/s, or 10 sockets",
    topic: "Search",
    common: true,
  },
  {
    name: "to",
    kind: "text",
    value: "LOAD",
    description: "the highest load",
    default: "as high as it goes",
    topic: "Search",
    common: true,
  },
  {
    name: "trial-duration",
    alias: "d",
    kind: "text",
    value: "TIME",
    description: "how long to measure each load",
    default: "5s",
    topic: "Search",
    common: true,
  },
  {
    name: "resolution",
    kind: "text",
    value: "SHARE",
    description: "how near the answer is to the lowest load that failed",
    default: "5%",
    topic: "Search",
    common: true,
  },
  {
    name: "confirm",
    kind: "text",
    value: "N",
    description: "how often the answer is tried; most of these trials have to hold",
    default: "3",
    topic: "Search",
  },
  {
    name: "settle",
    kind: "text",
    value: "TIME",
    description: "pause between two trials; longer where messages were left unanswered",
    default: "500ms",
    topic: "Search",
  },
  {
    name: "max-trials",
    kind: "text",
    value: "N",
    description: "end the search after so many trials",
    default: "50",
    topic: "Search",
  },
];

/** What `bench` has and a search has not: it tells by itself how much is sent, and for how long. */
const WITHOUT: ReadonlySet<string> = new Set([
  "duration",
  "messages",
  "rate",
  "stages",
  "replay",
  "assert",
  "save",
  "csv",
  "hgrm",
  "hlog",
  "junit",
  "self-check",
  "shard",
  "start-at",
  "results",
]);

/** Of the flags of `bench`, those that `--help` shows for a search. */
const COMMON: ReadonlySet<string> = new Set(["connections", "json", "html", "header"]);

export const CAPACITY_OPTIONS: readonly OptionSpec[] = [
  ...SEARCH_OPTIONS,
  ...BENCH_OPTIONS.filter(({ name }) => !WITHOUT.has(name)).map((option) => ({
    ...option,
    common: COMMON.has(option.name),
  })),
];
