import { echo } from "../server/modes/echo.ts";
import { silent } from "../server/modes/silent.ts";
import type { MakeMode } from "../server/mode.ts";
import type { Args, OptionSpec } from "./command.ts";

export type ModeName = "echo" | "silent";

/** How each mode is made of its flags. */
const MODES: Readonly<Record<ModeName, (args: Args) => MakeMode>> = {
  echo: () => echo,
  silent: () => silent,
};

const NAMES = Object.keys(MODES) as readonly ModeName[];

export const MODE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "mode",
    kind: "text",
    value: "MODE",
    choices: NAMES,
    description: "what to do with messages",
    default: "echo",
    topic: "Mode",
    common: true,
  },
];

/** The mode asked for. @throws FramecatError (usage) */
export function readMode(args: Args): { readonly name: ModeName; readonly make: MakeMode } {
  const asked = args.text("mode");
  const name = NAMES.find((known) => known === asked) ?? "echo";
  return { name, make: MODES[name](args) };
}
