import type { OptionSpec } from "./command.ts";

export const RECORD_OPTIONS: readonly OptionSpec[] = [
  {
    name: "record",
    kind: "text",
    value: "FILE",
    description: "write every event to a file as NDJSON",
    topic: "Output",
  },
  {
    name: "har",
    kind: "text",
    value: "FILE",
    description: "write the connections to a file as HAR",
    topic: "Output",
  },
];
