import { createInterface } from "node:readline";
import { memoryHistory } from "./history.ts";
import type { Prompt, PromptHandlers, PromptOptions } from "./prompt.ts";

/**
 * Lines in and lines out, with no escape sequence among them, for a terminal that knows none: what
 * is typed is edited and echoed by the terminal itself. There is no prompt, which frames would tear.
 */
export function createPlainPrompt(options: PromptOptions, handlers: PromptHandlers): Prompt {
  const { input, output, history = memoryHistory() } = options;
  const lines = createInterface({ input, terminal: false });
  let closed = false;
  lines.on("line", (line) => {
    if (closed) return;
    history.add(line);
    handlers.line(line);
  });
  lines.on("close", () => {
    if (closed) return;
    closed = true;
    handlers.end();
  });
  const print = (printed: readonly string[]): void => {
    if (printed.length > 0) output.write(`${printed.join("\n")}\n`);
  };
  return {
    print,
    setPrompt: () => undefined,
    edit: () => {
      print(["an editor needs a terminal that can move its cursor (TERM is dumb)"]);
      return Promise.resolve();
    },
    insert: (text) => print([text]),
    suspend: () => lines.pause(),
    resume: () => lines.resume(),
    close: () => {
      closed = true;
      lines.close();
    },
  };
}
