import { usageError } from "../errors.ts";
import type { Args } from "./command.ts";

/** What a mode needs is the value of a flag, which asks for the mode by itself. */
const FLAG_OF: Readonly<Record<string, string>> = { relay: "to", exec: "exec" };

/**
 * Takes `--mode relay URL` for `--mode relay --to URL`, and likewise a command: people write the mode
 * and then what it needs. A number alone is the port.
 * @throws FramecatError (usage) for an argument too many
 */
export function readModeArgument(args: Args): Args {
  const flag = FLAG_OF[args.text("mode") ?? ""];
  const given = args.positionals.at(-1);
  const isNeeded = flag !== undefined && args.text(flag) === undefined;
  const isPort = args.positionals.length === 1 && /^\d+$/.test(given ?? "");
  if (isNeeded && given !== undefined && !isPort) {
    return {
      ...args,
      positionals: args.positionals.slice(0, -1),
      text: (name) => (name === flag ? given : args.text(name)),
    };
  }
  const surplus = args.positionals[1];
  if (surplus === undefined) return args;
  throw usageError(
    `unexpected argument ${JSON.stringify(surplus)}`,
    "See `framecat listen --help`.",
  );
}
