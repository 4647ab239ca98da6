import type { OptionSpec } from "./command.ts";

export const EXEC_OPTIONS: readonly OptionSpec[] = [
  {
    name: "exec",
    kind: "text",
    value: "COMMAND",
    description: "run this for each client; its lines are the messages",
    topic: "Exec",
    common: true,
  },
  {
    name: "max-processes",
    kind: "text",
    value: "N",
    description: "answer clients beyond these with 503",
    default: "100",
    topic: "Exec",
  },
  {
    name: "kill-after",
    kind: "text",
    value: "TIME",
    description:
      "when a client has gone, stdin ends; a second later all processes of the command get SIGTERM, and SIGKILL so long after that",
    default: "5s",
    topic: "Exec",
  },
];
