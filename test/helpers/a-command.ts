import type { Command, OptionSpec } from "../../src/commands/command.ts";

export function option(name: string, more: Partial<OptionSpec> = {}): OptionSpec {
  return { name, kind: "flag", description: `do ${name}`, topic: "Things", ...more };
}

/** A command with a flag of each kind, which does nothing. */
export const A_COMMAND: Command = {
  name: "do",
  summary: "Do things.",
  positionals: "URL",
  maxPositionals: 1,
  examples: [{ command: "framecat do x", meaning: "does x" }],
  options: [
    option("alpha", { alias: "a", common: true }),
    option("beta", { kind: "text", value: "TIME", default: "10s", topic: "Others" }),
    option("gamma", { kind: "text", value: "FORM", choices: ["x", "y"], common: true }),
    option("long-name", { kind: "list", value: "'A VERY LONG NAME OF A VALUE'", common: true }),
  ],
  run: () => Promise.resolve(0),
};
