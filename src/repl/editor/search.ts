/**
 * Incremental search through the history, as values: each key gives the next state, and erasing
 * gives back the one before.
 */
export interface Search {
  readonly query: string;
  /** The entry shown: an index into the history. */
  readonly index: number | undefined;
  /** Where the query begins in it. */
  readonly offset: number;
  /** True where nothing (more) was found; the entry shown is the last that was. */
  readonly failed: boolean;
  readonly before: Search | undefined;
}

export type Direction = "older" | "newer";

export const NO_SEARCH: Search = {
  query: "",
  index: undefined,
  offset: 0,
  failed: false,
  before: undefined,
};

/** The search with more of its query typed; what is shown stays where it still fits. */
export function searchMore(entries: readonly string[], search: Search, typed: string): Search {
  const query = search.query + typed;
  return find(entries, { ...search, query, before: search }, search.index, "older");
}

/** The next entry that has the query, other than the one shown. */
export function searchAgain(
  entries: readonly string[],
  search: Search,
  direction: Direction,
): Search {
  const { index, query } = search;
  if (query === "") return search;
  const shown = index === undefined ? undefined : entries[index];
  const step = direction === "older" ? -1 : 1;
  let from = index === undefined ? undefined : index + step;
  while (from !== undefined && entries[from] !== undefined && entries[from] === shown) from += step;
  return find(entries, { ...search, before: search }, from, direction);
}

/** The search before the last key. */
export function searchLess(search: Search): Search {
  return search.before ?? search;
}

function find(
  entries: readonly string[],
  search: Search,
  from: number | undefined,
  direction: Direction,
): Search {
  const older = direction === "older";
  const first = from ?? (older ? entries.length - 1 : 0);
  const offsetIn = finder(search.query);
  for (let i = first; i >= 0 && i < entries.length; i += older ? -1 : 1) {
    const offset = offsetIn(entries[i] ?? "");
    if (offset !== -1) return { ...search, index: i, offset, failed: false };
  }
  return { ...search, failed: true };
}

/** A query in lower case finds either case. */
function finder(query: string): (entry: string) => number {
  if (query !== query.toLowerCase()) return (entry) => entry.indexOf(query);
  return (entry) => {
    const lower = entry.toLowerCase();
    // A few letters are longer in lower case, after which offsets would not be the same.
    return (lower.length === entry.length ? lower : entry).indexOf(query);
  };
}
