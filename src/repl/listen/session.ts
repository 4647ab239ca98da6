import { editText } from "../editor/external.ts";
import { createPrompt, type Prompt, type PromptOptions } from "../prompt.ts";
import type { ListenDesk, ListenTools, ListenViews, Operator } from "./command.ts";
import { completeListen } from "./complete.ts";
import { type LiveView, type LiveViewOptions, openLiveView } from "./live-view.ts";
import { runListenLine } from "./run-line.ts";

export interface ListenSessionOptions extends Omit<PromptOptions, "complete"> {
  readonly operator: Operator;
  readonly views: ListenViews;
  readonly more: ListenDesk["more"];
  /** What the live table shows. */
  readonly picture: Pick<LiveViewOptions, "draw" | "press">;
  /** Called at Ctrl-C. */
  readonly interrupt: () => void;
}

/** A prompt below the log of a server. */
export interface ListenSession {
  print(lines: readonly string[]): void;
  /** Shows the live table until a key ends it. */
  watch(): void;
  /** Gives the terminal back for good. */
  close(): void;
}

/** Lets a person operate a server until the session is closed. */
export function openListenSession(options: ListenSessionOptions): ListenSession {
  const { input, output, env = {}, operator, views, more, picture, interrupt } = options;
  const canDraw = env.TERM !== "dumb";
  let view: LiveView | undefined;
  const watch = (): void => {
    if (view) return;
    if (!canDraw) return prompt.print(views.clients());
    prompt.suspend();
    view = openLiveView({
      ...picture,
      input,
      output,
      done: () => {
        view = undefined;
        prompt.resume();
      },
    });
  };
  const tools: ListenTools = {
    insert: (text) => prompt.insert(text),
    edit: (text) => editAway(prompt, text, options),
  };
  const desk: ListenDesk = { operator, views, tools, more, watch };
  const prompt: Prompt = createPrompt(
    { ...options, complete: (before) => completeListen(before, desk) },
    {
      line: (line) => void runListenLine(line, desk).then((lines) => prompt.print(lines)),
      interrupt,
      end: operator.quit,
    },
  );
  return {
    print: (lines) => prompt.print(lines),
    watch,
    close: () => {
      view?.close();
      prompt.close();
    },
  };
}

/** What is printed while the editor has the terminal waits. */
async function editAway(
  prompt: Prompt,
  text: string,
  { env = {}, editText: edit = (draft) => editText(draft, { env }) }: ListenSessionOptions,
): Promise<string> {
  prompt.suspend();
  try {
    return await edit(text);
  } finally {
    prompt.resume();
  }
}
