import type { Args, OptionSpec } from "../../src/commands/command.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";

/** A command line of flags, parsed as that of a command that has these. */
export function argsOf(options: readonly OptionSpec[], argv: readonly string[]): Args {
  const command = {
    name: "try",
    summary: "",
    positionals: "",
    maxPositionals: 0,
    examples: [],
    options,
    run: () => Promise.resolve(0),
  };
  return parseArgs(command, argv);
}
