import type { OptionSpec } from "./command.ts";

/** Flags that mean the same in every command. */
export const OUTPUT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "color",
    kind: "text",
    value: "WHEN",
    choices: ["auto", "always", "never"],
    description: "color the output",
    default: "auto",
    topic: "Output",
  },
  {
    name: "show-secrets",
    kind: "flag",
    description: "show credentials, cookies and tokens that are otherwise redacted",
    topic: "Output",
  },
];

/** How frames are shown: shared by `connect`, `listen` and `frame-dump`. */
export const FRAME_OPTIONS: readonly OptionSpec[] = [
  {
    name: "verbose",
    alias: "v",
    kind: "count",
    description: "add header bytes; -vv the bit layout",
    topic: "Output",
    common: true,
  },
  {
    name: "max-print",
    kind: "text",
    value: "SIZE",
    description: "show at most this much of a payload",
    default: "1KiB",
    topic: "Output",
  },
];
