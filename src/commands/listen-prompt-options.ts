import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { Args, OptionSpec } from "./command.ts";

export const PROMPT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "table",
    kind: "flag",
    description: "on a terminal: begin with the live table of clients, as /top shows it",
    topic: "Output",
  },
  {
    name: "history",
    kind: "flag",
    onByDefault: true,
    description: "keep no history of what is typed",
    topic: "Output",
  },
];

/**
 * True where a person can type: on a terminal that is ours to read from, unless what is written there
 * is for programs.
 * @throws FramecatError (usage) where --table asks for a terminal and there is none
 */
export function hasPrompt(args: Args, io: Io): boolean {
  const isTerminal = io.stdin.isTTY === true && io.stdout.isTTY === true;
  const forPeople = !args.flag("json") && args.text("format") !== "ndjson";
  const can = isTerminal && forPeople && io.inBackground?.() !== true;
  if (!can && args.flag("table")) throw usageError("--table needs a terminal");
  return can;
}
