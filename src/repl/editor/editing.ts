import { type Buffer, createBuffer } from "./buffer.ts";
import type { Completion } from "./completion.ts";
import { createRecall, type Recall } from "./recall.ts";
import type { Search } from "./search.ts";

/** What a key asks of whoever owns the terminal. */
export type Effect =
  | { readonly type: "submit"; readonly text: string }
  | { readonly type: "list"; readonly candidates: readonly string[] }
  | { readonly type: "interrupt" | "end" | "suspend" | "edit" | "clear-screen" };

export interface EditorOptions {
  /** What was typed before, the oldest first. */
  readonly entries: () => readonly string[];
  readonly complete?: ((before: string) => Completion | undefined) | undefined;
}

/** Where the editor is, for the actions that keys stand for. */
export interface Editing extends EditorOptions {
  readonly buffer: Buffer;
  readonly recall: Recall;
  /** Defined while the history is searched. */
  search: Search | undefined;
  /** What was searched last. */
  query: string;
  /** The key that the next one belongs to, as `C-x`. */
  prefix: string | undefined;
  /** True where the key before was a completion. */
  completed: boolean;
}

export function createEditing(options: EditorOptions): Editing {
  return {
    ...options,
    buffer: createBuffer(),
    recall: createRecall(options.entries),
    search: undefined,
    query: "",
    prefix: undefined,
    completed: false,
  };
}

/** The line goes out, and an empty one takes its place. */
export function submit({ buffer, recall }: Editing): Effect {
  const { text } = buffer.line;
  buffer.clear();
  recall.reset();
  return { type: "submit", text };
}
