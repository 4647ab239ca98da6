import { type Edit, type Line, revert } from "./line.ts";

/** Takes edits back, the newest first; a run of typing is one. */
export interface Undo {
  /** @param cursor where the cursor stood before the edit */
  record(edit: Edit, cursor: number): void;
  /** The line before the newest edit, or undefined where there is none. */
  undo(line: Line): Line | undefined;
}

interface Entry {
  readonly edit: Edit;
  readonly cursor: number;
}

const MAX_EDITS = 1000;

export function createUndo(): Undo {
  const entries: Entry[] = [];
  return {
    record: (edit, cursor) => {
      if (edit.removed === "" && edit.inserted === "") return;
      const last = entries.at(-1);
      const joined = last && join(last.edit, edit);
      if (joined) entries[entries.length - 1] = { ...last, edit: joined };
      else entries.push({ edit, cursor });
      if (entries.length > MAX_EDITS) entries.shift();
    },
    undo: (line) => {
      const entry = entries.pop();
      return entry && { ...revert(line, entry.edit), cursor: entry.cursor };
    },
  };
}

/** Two insertions that are one: a word typed on. A blank begins the next. */
function join(first: Edit, second: Edit): Edit | undefined {
  const typedOn =
    first.removed === "" &&
    second.removed === "" &&
    second.at === first.at + first.inserted.length &&
    /^\S$/u.test(second.inserted) &&
    !first.inserted.includes("\n");
  return typedOn ? { ...first, inserted: first.inserted + second.inserted } : undefined;
}
