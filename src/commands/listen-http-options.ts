import type { OptionSpec } from "./command.ts";

export const HTTP_OPTIONS: readonly OptionSpec[] = [
  {
    name: "http",
    kind: "flag",
    onByDefault: true,
    description: "answer no plain requests: no page at /, no /healthz, no /metrics",
    topic: "Server",
  },
];
