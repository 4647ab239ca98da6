import { createKillRing } from "./kill-ring.ts";
import { EMPTY, type Line, type Motion, nextGrapheme, previousGrapheme, replace } from "./line.ts";
import { createUndo } from "./undo.ts";

/** The line that is edited, with its kill ring and what can be undone. */
export interface Buffer {
  readonly line: Line;
  move(motion: Motion): void;
  insert(text: string): void;
  /** Removes from the cursor to where the motion leads. */
  erase(motion: Motion): void;
  /** Removes it to be yanked; kills in a row are one. */
  kill(motion: Motion): void;
  yank(): void;
  /** Puts an older kill in place of the one just yanked. */
  yankOlder(): void;
  /** Swaps the graphemes around the cursor. */
  transpose(): void;
  /** Puts a text in place of what is between the offset and the cursor. */
  replaceFrom(from: number, text: string): void;
  /** Another text, which can be undone. */
  become(text: string, cursor?: number): void;
  undo(): void;
  /** An empty line that nothing led to; the kill ring stays. */
  clear(): void;
}

/** What was done last decides whether kills join and whether a yank can be rotated. */
type Act = "kill" | "yank" | "other";

export function createBuffer(): Buffer {
  const kills = createKillRing();
  let undo = createUndo();
  let line = EMPTY;
  let last: Act = "other";
  let yankedFrom = 0;
  const change = (from: number, to: number, text: string, act: Act = "other"): void => {
    const done = replace(line, from, to, text);
    undo.record(done.edit, line.cursor);
    line = done.line;
    last = act;
  };
  const moveTo = (cursor: number): void => {
    line = { ...line, cursor };
    last = "other";
  };
  const span = (motion: Motion): [from: number, to: number] => {
    const target = motion(line);
    return [Math.min(target, line.cursor), Math.max(target, line.cursor)];
  };
  return {
    get line() {
      return line;
    },
    move: (motion) => moveTo(motion(line)),
    insert: (text) => change(line.cursor, line.cursor, text),
    erase: (motion) => change(...span(motion), ""),
    kill: (motion) => {
      const [from, to] = span(motion);
      const side = from < line.cursor ? "before" : "after";
      if (from < to) kills.kill(line.text.slice(from, to), last === "kill" ? side : undefined);
      change(from, to, "", from < to ? "kill" : last);
    },
    yank: () => {
      yankedFrom = line.cursor;
      change(line.cursor, line.cursor, kills.yank() ?? "", "yank");
    },
    yankOlder: () => {
      if (last === "yank") change(yankedFrom, line.cursor, kills.rotate() ?? "", "yank");
    },
    transpose: () => {
      const atEnd = line.cursor === line.text.length;
      const middle = atEnd ? previousGrapheme(line) : line.cursor;
      const start = previousGrapheme({ ...line, cursor: middle });
      const end = nextGrapheme({ ...line, cursor: middle });
      if (start === middle) return;
      const { text } = line;
      change(start, end, text.slice(middle, end) + text.slice(start, middle));
    },
    replaceFrom: (from, text) => change(from, line.cursor, text),
    become: (text, cursor = text.length) => {
      change(0, line.text.length, text);
      moveTo(cursor);
    },
    undo: () => {
      line = undo.undo(line) ?? line;
      last = "other";
    },
    clear: () => {
      line = EMPTY;
      undo = createUndo();
      last = "other";
    },
  };
}
