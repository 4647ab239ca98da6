import { EXIT_DONE, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { bashCompletion } from "../render/completion/bash.ts";
import { completable } from "../render/completion/completable.ts";
import { fishCompletion } from "../render/completion/fish.ts";
import { zshCompletion } from "../render/completion/zsh.ts";
import type { Args, Command } from "./command.ts";
import { COMMANDS } from "./index.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const completion: Command = {
  name: "completion",
  summary: "Print what makes a shell complete commands, flags and their values.",
  positionals: Object.keys(SHELLS).join("|"),
  maxPositionals: 1,
  examples: [
    { command: 'eval "$(framecat completion bash)"', meaning: "in ~/.bashrc; likewise zsh" },
    { command: "framecat completion fish | source", meaning: "in ~/.config/fish/config.fish" },
  ],
  options: [],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const [shell = ""] = args.positionals;
  if (!isShell(shell)) {
    throw usageError(
      `completion is for ${Object.keys(SHELLS).join(", ")}, not ${JSON.stringify(shell)}`,
    );
  }
  const names = Object.keys(COMMANDS);
  const known = Object.values(COMMANDS).map(async (entry) =>
    completable(await entry.load(), entry.summary, names),
  );
  io.stdout.write(SHELLS[shell](await Promise.all(known)));
  return EXIT_DONE;
}

function isShell(word: string): word is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, word);
}
