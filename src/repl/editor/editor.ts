import { createEditing, type Editing, type EditorOptions, type Effect } from "./editing.ts";
import { characterOf, type Key } from "./keys.ts";
import { type Action, KEYMAP } from "./keymap.ts";
import type { Scene } from "./painter.ts";
import { pressInSearch, sceneOfSearch } from "./searching.ts";

/** Edits a line by keys: values in, values out; it touches neither terminal nor file. */
export interface Editor {
  press(key: Key): Effect | undefined;
  /** What to paint; while it searches it has a prompt of its own. */
  scene(prompt: string): Scene;
  readonly text: string;
  /** Puts text in at the cursor. */
  insert(text: string): void;
  /** Puts another text in place of the whole. */
  become(text: string): void;
}

export function createEditor(options: EditorOptions): Editor {
  const editing = createEditing(options);
  const { buffer } = editing;
  return {
    press: (key) => press(editing, key),
    scene: (prompt) => sceneOfSearch(editing) ?? { prompt, ...buffer.line },
    get text() {
      return buffer.line.text;
    },
    insert: (text) => {
      editing.search = undefined;
      buffer.insert(text);
    },
    become: (text) => {
      editing.search = undefined;
      buffer.become(text);
    },
  };
}

function press(editing: Editing, key: Key): Effect | undefined {
  if (editing.search) {
    const { effect, again } = pressInSearch(editing, key);
    if (!again) return effect;
  }
  if (key.type === "key") return perform(editing, key.name);
  editing.prefix = undefined;
  editing.completed = false;
  editing.buffer.insert(key.text);
  return undefined;
}

function perform(editing: Editing, key: string): Effect | undefined {
  const name = editing.prefix === undefined ? key : `${editing.prefix} ${key}`;
  editing.prefix = undefined;
  const effect = actionOf(name)?.(editing);
  editing.completed = name === "Tab";
  return effect ?? undefined;
}

/** After C-v a key is the character it sends. */
function actionOf(name: string): Action | undefined {
  if (Object.hasOwn(KEYMAP, name)) return KEYMAP[name];
  const [, quoted] = /^C-v (.+)$/.exec(name) ?? [];
  if (quoted === undefined) return undefined;
  return ({ buffer }) => buffer.insert(characterOf(quoted));
}
