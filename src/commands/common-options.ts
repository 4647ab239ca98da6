import { TIMESTAMP_STYLES } from "../render/timestamps.ts";
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

/** How frames are shown of which nobody knows when they passed. */
export const TIMELESS_FRAME_OPTIONS: readonly OptionSpec[] = [
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
  {
    name: "pretty",
    kind: "flag",
    description: "indent and color payloads that are JSON",
    topic: "Output",
  },
];

/** How frames are shown as they pass. */
export const FRAME_OPTIONS: readonly OptionSpec[] = [
  ...TIMELESS_FRAME_OPTIONS,
  {
    name: "timestamps",
    kind: "text",
    value: "FORM",
    choices: TIMESTAMP_STYLES,
    description: "time before each frame; delta from the line before, since open",
    default: "time on a terminal, else iso",
    topic: "Output",
  },
];

/** For commands that show how connections open. */
export const INCLUDE_OPTION: OptionSpec = {
  name: "include",
  alias: "i",
  kind: "flag",
  description: "show both heads of the handshake and the check of the accept key",
  topic: "Output",
};
