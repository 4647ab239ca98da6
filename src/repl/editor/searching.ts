import { type Editing, type Effect, submit } from "./editing.ts";
import type { Key } from "./keys.ts";
import type { Scene } from "./painter.ts";
import { type Direction, NO_SEARCH, searchAgain, searchLess, searchMore } from "./search.ts";

/** What a key did in a search. */
export interface SearchStep {
  readonly effect?: Effect;
  /** True where it ended the search and has still to be done in the line that was found. */
  readonly again: boolean;
}

const HANDLED: SearchStep = { again: false };
/** Of what is searched; it may have been pasted. */
const MAX_SHOWN = 200;

export function startSearch(editing: Editing): void {
  editing.search = NO_SEARCH;
}

export function pressInSearch(editing: Editing, key: Key): SearchStep {
  if (key.type !== "key") return type(editing, key.text);
  switch (key.name) {
    case "C-r":
      return repeat(editing, "older");
    case "C-s":
      return repeat(editing, "newer");
    case "Backspace":
    case "C-h":
      editing.search = searchLess(editing.search ?? NO_SEARCH);
      return HANDLED;
    case "C-g":
    case "C-c":
      editing.search = undefined;
      return HANDLED;
    case "Enter":
      take(editing);
      return { effect: submit(editing), again: false };
    case "Escape":
      take(editing);
      return HANDLED;
    default:
      take(editing);
      return { again: true };
  }
}

/** The entry found, below a prompt that tells what is searched. */
export function sceneOfSearch({ search, buffer, entries }: Editing): Scene | undefined {
  if (!search) return undefined;
  const { query, index, offset, failed } = search;
  const prompt = `${failed ? "not found" : "search"} “${query.slice(0, MAX_SHOWN)}” › `;
  const entry = index === undefined ? undefined : entries()[index];
  if (entry === undefined) return { prompt, ...buffer.line };
  const match = failed ? undefined : { from: offset, to: offset + query.length };
  return { prompt, text: entry, cursor: offset, match };
}

function type(editing: Editing, text: string): SearchStep {
  editing.search = searchMore(editing.entries(), editing.search ?? NO_SEARCH, text);
  return HANDLED;
}

/** Without a query it is the last one that is searched. */
function repeat(editing: Editing, direction: Direction): SearchStep {
  const search = editing.search ?? NO_SEARCH;
  if (search.query === "") return editing.query === "" ? HANDLED : type(editing, editing.query);
  editing.search = searchAgain(editing.entries(), search, direction);
  return HANDLED;
}

function take(editing: Editing): void {
  const { search, buffer, recall } = editing;
  editing.search = undefined;
  if (!search) return;
  if (search.query !== "") editing.query = search.query;
  const entry = search.index === undefined ? undefined : editing.entries()[search.index];
  if (search.index === undefined || entry === undefined) return;
  recall.goTo(search.index, buffer.line.text);
  buffer.become(entry, search.offset);
}
