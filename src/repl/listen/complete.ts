import type { Completion } from "../editor/completion.ts";
import type { ListenDesk } from "./command.ts";
import { LISTEN_COMMANDS } from "./commands.ts";

/** Completes the name of a slash command, the id of a client, and what a command of the mode knows. */
export function completeListen(
  before: string,
  { operator, more }: Pick<ListenDesk, "operator" | "more">,
): Completion | undefined {
  const [, name, argument] = /^\/([\w-]*)(?:\s(.*))?$/s.exec(before) ?? [];
  if (name === undefined) return undefined;
  if (argument === undefined) {
    const names = ["help", ...[...LISTEN_COMMANDS, ...more.commands].map((one) => one.name)];
    return startingWith(
      before,
      0,
      names.toSorted().map((one) => `/${one} `),
    );
  }
  const command = LISTEN_COMMANDS.find((one) => one.name === name);
  if (command?.takesId) return completeId(before, argument, operator.allIds());
  const candidates = more.commands.find((one) => one.name === name)?.candidates?.(argument) ?? [];
  const from = before.length - (/\S*$/.exec(argument)?.[0].length ?? 0);
  return startingWith(
    before,
    from,
    candidates.map((word) => `${word} `),
  );
}

/** The last of the ids, which are told apart by commas; what follows them is no matter of ids. */
function completeId(
  before: string,
  argument: string,
  ids: readonly string[],
): Completion | undefined {
  if (/\s/.test(argument)) return undefined;
  const from = before.length - argument.length + argument.lastIndexOf(",") + 1;
  return startingWith(
    before,
    from,
    ids.map((id) => `${id} `),
  );
}

function startingWith(before: string, from: number, words: readonly string[]): Completion {
  return { from, candidates: words.filter((word) => word.startsWith(before.slice(from))) };
}
