import type { Input, Output } from "../io.ts";
import type { Completion } from "./editor/completion.ts";
import type { PaintStyles } from "./editor/painter.ts";
import type { History } from "./history.ts";
import { createPlainPrompt } from "./plain-prompt.ts";
import { createTerminalPrompt } from "./terminal-prompt.ts";

/** A line at the bottom of the terminal that is typed into while other lines appear above it. */
export interface Prompt {
  /** Shows lines above what is being typed; lines of one turn of the event loop together. */
  print(lines: readonly string[]): void;
  /** Another text before what is typed, as `(offline) › `. */
  setPrompt(text: string): void;
  /** Opens what is typed in an editor of its own, and takes over what is written there. */
  edit(): Promise<void>;
  /** Puts text in where the cursor is. */
  insert(text: string): void;
  /** Gives the terminal to another program; what is printed waits. */
  suspend(): void;
  /** Takes the terminal back. */
  resume(): void;
  /** Gives the terminal back for good; what is printed from then on is printed plainly. */
  close(): void;
}

export interface PromptHandlers {
  /** A line that was submitted; it may have newlines in it. */
  readonly line: (line: string) => void;
  /** Ctrl-C with nothing typed. */
  readonly interrupt: () => void;
  /** Ctrl-D, or the terminal is gone. The prompt is closed before. */
  readonly end: () => void;
}

export interface PromptOptions {
  readonly input: Input;
  readonly output: Output;
  readonly prompt: string;
  /** Where lines are kept; otherwise only while the prompt is open. */
  readonly history?: History | undefined;
  /** What Tab could put in place of the end of the text before the cursor. */
  readonly complete?: ((before: string) => Completion | undefined) | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly styles?: Partial<PaintStyles> | undefined;
  /** Stops the process at Ctrl-Z, and is done when it goes on; without it the key does nothing. */
  readonly stop?: (() => void | Promise<void>) | undefined;
  /** Edits a text elsewhere; by default in $VISUAL or $EDITOR. */
  readonly editText?: ((text: string) => Promise<string>) | undefined;
}

/** Opens a prompt: a line editor, or on a terminal that cannot move its cursor plain lines. */
export function createPrompt(options: PromptOptions, handlers: PromptHandlers): Prompt {
  return options.env?.TERM === "dumb"
    ? createPlainPrompt(options, handlers)
    : createTerminalPrompt(options, handlers);
}
