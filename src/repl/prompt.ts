import {
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  moveCursor,
} from "node:readline";
import type { Input, Output } from "../io.ts";

/** A line at the bottom of the terminal that is typed into while other lines appear above it. */
export interface Prompt {
  /** Shows lines above what is being typed. */
  print(lines: readonly string[]): void;
  close(): void;
}

export interface PromptHandlers {
  readonly line: (line: string) => void;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  /** Ctrl-D, or the terminal is gone. */
  readonly end: () => void;
}

export interface PromptOptions {
  readonly input: Input;
  readonly output: Output;
  readonly prompt: string;
}

export function createPrompt(options: PromptOptions, handlers: PromptHandlers): Prompt {
  const { output } = options;
  const editor = createInterface({ ...options, terminal: true, historySize: 1000 });
  let closed = false;
  editor.on("line", (line) => {
    handlers.line(line);
    if (!closed) editor.prompt();
  });
  editor.on("SIGINT", handlers.interrupt);
  editor.on("close", () => {
    const byUser = !closed;
    closed = true;
    if (!byUser) return;
    hide(editor, output);
    handlers.end();
  });
  editor.prompt();
  return {
    print: (lines) => {
      if (lines.length === 0) return;
      if (!closed) hide(editor, output);
      output.write(`${lines.join("\n")}\n`);
      if (!closed) editor.prompt(true);
    },
    close: () => {
      if (closed) return;
      closed = true;
      hide(editor, output);
      editor.close();
    },
  };
}

/** Takes the prompt and what is typed off the screen, however many rows they fill. */
function hide(editor: Interface & { prevRows?: number }, output: Output): void {
  moveCursor(output, 0, -editor.getCursorPos().rows);
  cursorTo(output, 0);
  clearScreenDown(output);
  // The editor would else go up once more by the rows it remembers, into the lines above.
  editor.prevRows = 0;
}
