import { createEditor, type Editor } from "../../src/repl/editor/editor.ts";
import type { EditorOptions, Effect } from "../../src/repl/editor/editing.ts";
import type { Key } from "../../src/repl/editor/keys.ts";

export interface TestEditor extends Editor {
  /** Presses keys written as `hello C-a M-d`; a word that is no key is typed. Gives what the last asks. */
  keys(words: string): Effect | undefined;
  /** The text with a bar at the cursor. */
  marked(): string;
}

const KEY =
  /^(?:[CMS]-.+|Up|Down|Left|Right|Home|End|Delete|Backspace|Enter|Tab|Escape|Page(?:Up|Down))$/;

export function testEditor(options: Partial<EditorOptions> = {}): TestEditor {
  const editor = createEditor({ entries: () => [], ...options });
  return Object.assign(Object.create(editor) as Editor, {
    keys: (words: string) =>
      words.split(" ").reduce<Effect | undefined>((_, word) => {
        if (!KEY.test(word)) return type(editor, word);
        return editor.press({ type: "key", name: word });
      }, undefined),
    marked: () => {
      const { text, cursor } = editor.scene("");
      return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
    },
  });
}

/** An underscore is typed as a blank, so that words can have some. */
function type(editor: Editor, word: string): undefined {
  for (const char of Array.from(word.replaceAll("_", " "))) {
    const key: Key = { type: "text", text: char };
    editor.press(key);
  }
}
