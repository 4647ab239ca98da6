import { FramecatError, messageOf } from "../errors.ts";
import { createCanvas } from "./editor/canvas.ts";
import { inColumns } from "./editor/completion.ts";
import type { Effect } from "./editor/editing.ts";
import { createEditor } from "./editor/editor.ts";
import { editText } from "./editor/external.ts";
import { createKeyReader } from "./editor/key-reader.ts";
import type { Key } from "./editor/keys.ts";
import { memoryHistory } from "./history.ts";
import type { Prompt, PromptHandlers, PromptOptions } from "./prompt.ts";

/**
 * The line editor on a terminal: keys change the editor, and the canvas shows it. While another
 * program has the terminal, keys and what is printed wait.
 */
export function createTerminalPrompt(options: PromptOptions, handlers: PromptHandlers): Prompt {
  const { input, output, env = {}, styles = {}, history = memoryHistory() } = options;
  const editElsewhere = options.editText ?? ((text) => editText(text, { env }));
  const editor = createEditor({ entries: () => history.entries, complete: options.complete });
  let { prompt } = options;
  const canvas = createCanvas({ output, env, styles, scene: () => editor.scene(prompt) });
  let away = false;
  let closed = false;
  const waiting: Key[] = [];

  const suspend = (): void => {
    if (away || closed) return;
    away = true;
    canvas.hide();
    reader.stop();
  };
  const resume = (): void => {
    if (!away) return;
    away = false;
    if (!closed) reader.start();
    canvas.unhide();
    press();
  };
  const lend = async (use: () => void | Promise<void>): Promise<void> => {
    if (away || closed) return;
    suspend();
    try {
      await use();
    } catch (thrown) {
      canvas.print(`${wordsOf(thrown)}\n`);
    } finally {
      resume();
    }
  };
  const edit = () =>
    lend(async () => {
      editor.become(await editElsewhere(editor.text));
      if (closed) leaveDraft();
    });
  /** What was typed and not sent stays to be seen, and to be recalled the next time. */
  const leaveDraft = (): void => {
    if (editor.text !== "") canvas.leave(editor.scene(prompt));
    history.add(editor.text);
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    leaveDraft();
    canvas.end();
    if (!away) reader.stop();
  };
  const end = (): void => {
    close();
    handlers.end();
  };
  const submit = (text: string): void => {
    canvas.leave({ prompt, text, cursor: text.length });
    history.add(text);
    handlers.line(text);
  };
  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case "submit":
        return submit(effect.text);
      case "list":
        return canvas.print(listed(effect.candidates, output.columns));
      case "interrupt":
        return handlers.interrupt();
      case "end":
        return end();
      case "clear-screen":
        return canvas.clear();
      case "edit":
        return void edit();
      case "suspend":
        return options.stop && void lend(options.stop);
    }
  };
  const nextKey = (): Key | undefined => (away || closed ? undefined : waiting.shift());
  /** Presses the keys that wait, unless one of them takes the terminal away. */
  const press = (): void => {
    for (let key = nextKey(); key; key = nextKey()) {
      const effect = editor.press(key);
      if (effect) perform(effect);
    }
    if (!closed) canvas.paint();
  };
  const reader = createKeyReader(input, output, {
    keys: (keys) => {
      waiting.push(...keys);
      try {
        press();
      } catch (thrown) {
        close();
        throw thrown;
      }
    },
    gone: end,
  });
  reader.start();
  canvas.paint();
  return {
    print: (lines) => {
      if (lines.length > 0) canvas.print(`${lines.join("\n")}\n`);
    },
    setPrompt: (text) => {
      prompt = text;
      canvas.print("");
    },
    insert: (text) => {
      editor.insert(text);
      canvas.print("");
    },
    edit,
    suspend,
    resume,
    close,
  };
}

function listed(candidates: readonly string[], columns: number | undefined): string {
  return `${inColumns(candidates, columns || 80).join("\n")}\n`;
}

function wordsOf(thrown: unknown): string {
  const hint = thrown instanceof FramecatError && thrown.hint ? `. ${thrown.hint}` : "";
  return messageOf(thrown) + hint;
}
