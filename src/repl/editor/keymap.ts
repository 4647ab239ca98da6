import { commonPrefix } from "./completion.ts";
import { type Editing, type Effect, submit } from "./editing.ts";
import {
  blankLeft,
  type Line,
  lineAbove,
  lineBelow,
  lineEnd,
  lineStart,
  type Motion,
  nextGrapheme,
  previousGrapheme,
  textEnd,
  textStart,
  wordLeft,
  wordRight,
} from "./line.ts";
import { startSearch } from "./searching.ts";

/** What a key does; a key that asks something of the terminal's owner gives it. */
export type Action = (editing: Editing) => Effect | void;

/** The keys of Emacs, as readline has them. Two keys one after the other are written with a space. */
export const KEYMAP: Readonly<Record<string, Action>> = {
  ...all(move, {
    "C-b": previousGrapheme,
    Left: previousGrapheme,
    "C-f": nextGrapheme,
    Right: nextGrapheme,
    "M-b": wordLeft,
    "C-Left": wordLeft,
    "M-Left": wordLeft,
    "M-f": wordRight,
    "C-Right": wordRight,
    "M-Right": wordRight,
    "C-a": lineStart,
    Home: lineStart,
    "C-e": lineEnd,
    End: lineEnd,
    "C-Home": textStart,
    "C-End": textEnd,
  }),
  ...all(erase, {
    Backspace: previousGrapheme,
    "C-h": previousGrapheme,
    "S-Backspace": previousGrapheme,
    Delete: nextGrapheme,
  }),
  ...all(kill, {
    "C-k": orNewline(lineEnd, nextGrapheme),
    "C-u": orNewline(lineStart, previousGrapheme),
    "C-w": blankLeft,
    "M-d": wordRight,
    "C-Delete": wordRight,
    "M-Delete": wordRight,
    "M-Backspace": wordLeft,
    "C-Backspace": wordLeft,
    "C-M-h": wordLeft,
    "C-x Backspace": textStart,
  }),
  ...all(insert, { "C-j": "\n", "M-Enter": "\n", "S-Enter": "\n", "C-Enter": "\n", "C-M-j": "\n" }),
  ...all(prefix, { "C-x": "C-x", "C-v": "C-v", "C-q": "C-v" }),
  ...all(recall, {
    PageUp: -1,
    PageDown: 1,
    "C-Up": -1,
    "C-Down": 1,
    "M-<": -Infinity,
    "M->": Infinity,
  }),
  ...all(ask, { "C-z": "suspend", "C-l": "clear-screen", "C-x C-e": "edit" }),
  Up: up,
  "C-p": up,
  Down: down,
  "C-n": down,
  "C-t": ({ buffer }) => buffer.transpose(),
  "C-y": ({ buffer }) => buffer.yank(),
  "M-y": ({ buffer }) => buffer.yankOlder(),
  "C-_": undo,
  "C-x C-u": undo,
  "C-c": clearOrInterrupt,
  "C-d": eraseOrEnd,
  "C-r": startSearch,
  "C-s": startSearch,
  Tab: complete,
  Enter: submit,
};

/** One action for each key, by what the table says of it. */
function all<T>(
  action: (what: T) => Action,
  table: Readonly<Record<string, T>>,
): Record<string, Action> {
  return Object.fromEntries(Object.entries(table).map(([key, what]) => [key, action(what)]));
}

function move(motion: Motion): Action {
  return ({ buffer }) => buffer.move(motion);
}

function erase(motion: Motion): Action {
  return ({ buffer }) => buffer.erase(motion);
}

function kill(motion: Motion): Action {
  return ({ buffer }) => buffer.kill(motion);
}

function insert(text: string): Action {
  return ({ buffer }) => buffer.insert(text);
}

function prefix(name: string): Action {
  return (editing) => {
    editing.prefix = name;
  };
}

function recall(steps: number): Action {
  return (editing) => recallBy(editing, steps);
}

function ask(type: "suspend" | "clear-screen" | "edit"): Action {
  return () => ({ type });
}

/** Where the line ends already, over its newline. */
function orNewline(motion: Motion, over: Motion): Motion {
  return (line: Line) => (motion(line) === line.cursor ? over(line) : motion(line));
}

function up(editing: Editing): void {
  const { buffer } = editing;
  const above = lineAbove(buffer.line);
  if (above === undefined) recallBy(editing, -1);
  else buffer.move(() => above);
}

function down(editing: Editing): void {
  const { buffer } = editing;
  const below = lineBelow(buffer.line);
  if (below === undefined) recallBy(editing, 1);
  else buffer.move(() => below);
}

function recallBy({ buffer, recall: walk }: Editing, steps: number): void {
  const text = walk.go(steps, buffer.line.text);
  if (text !== undefined) buffer.become(text);
}

function undo({ buffer }: Editing): void {
  buffer.undo();
}

/** As in a shell a line is given up first; it can be had back by undo. */
function clearOrInterrupt({ buffer, recall: walk }: Editing): Effect | undefined {
  if (buffer.line.text === "") return { type: "interrupt" };
  buffer.become("");
  walk.reset();
  return undefined;
}

function eraseOrEnd({ buffer }: Editing): Effect | undefined {
  if (buffer.line.text === "") return { type: "end" };
  buffer.erase(nextGrapheme);
  return undefined;
}

/** Puts in what all candidates begin with; where that is there already, a second key lists them. */
function complete(editing: Editing): Effect | undefined {
  const { buffer, completed } = editing;
  const { text, cursor } = buffer.line;
  const { from, candidates } = editing.complete?.(text.slice(0, cursor)) ?? NOTHING;
  if (candidates.length === 0) return undefined;
  const prefixOfAll = commonPrefix(candidates);
  if (candidates.length === 1 || prefixOfAll.length > cursor - from) {
    if (prefixOfAll !== text.slice(from, cursor)) buffer.replaceFrom(from, prefixOfAll);
    return undefined;
  }
  return completed ? { type: "list", candidates } : undefined;
}

const NOTHING = { from: 0, candidates: [] };
