import { usageError } from "../errors.ts";

/** What a shell would take for more than a part of a word. */
const OPERATOR = /[|&;<>()$`]/;
/** One piece of a word, or what is between two. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\s+)|([^\s'"\\]+)/gsy;

/**
 * Splits a command into its words as a shell does, quotes and backslashes included, but runs none:
 * what only a shell understands is refused, lest it be handed to the program.
 * @throws FramecatError (usage) naming `flag`
 */
export function splitCommand(text: string, flag: string): readonly [string, ...string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const piece of text.matchAll(PIECE)) {
    const [whole, single, double, escaped, space, bare] = piece;
    end = piece.index + whole.length;
    if (space === undefined) {
      if (bare !== undefined || double !== undefined) refuseOperator(whole, text, flag);
      word = (word ?? "") + (single ?? unescaped(double) ?? escaped ?? bare ?? "");
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (end < text.length) throw usageError(`${flag} has a quote or a backslash without its end`);
  if (word !== undefined) words.push(word);
  const [command, ...args] = words;
  if (command) return [command, ...args];
  throw usageError(`${flag} needs a command`, `Example: ${flag} 'python3 -u app.py'.`);
}

/** Within double quotes a backslash stands for itself before most characters. */
function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/\\([\\"$`\n])/g, "$1");
}

function refuseOperator(piece: string, text: string, flag: string): void {
  const found = piece.startsWith('"')
    ? /(?<!\\)(?:\\\\)*([$`])/.exec(piece)?.[1]
    : OPERATOR.exec(piece)?.[0];
  if (found === undefined) return;
  throw usageError(
    `${flag} runs no shell, which ${found} would need`,
    text.includes("'")
      ? "Write the command into a script, and give that."
      : `Have one run it: ${flag} "sh -c '${text.replaceAll(/["$`\\]/g, "\\$&")}'".`,
  );
}
