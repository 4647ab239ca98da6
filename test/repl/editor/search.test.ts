import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  NO_SEARCH,
  type Search,
  searchAgain,
  searchLess,
  searchMore,
} from "../../../src/repl/editor/search.ts";

const ENTRIES = ["ping one", "subscribe A", "ping two", "ping two", "Ping three", "bye"];

function typed(query: string, entries: readonly string[] = ENTRIES): Search {
  return Array.from(query).reduce((search, char) => searchMore(entries, search, char), NO_SEARCH);
}

describe("typing a query", () => {
  it.each([
    ["the newest that fits", "ping", 4, 0],
    ["in either case, where the query has only lower case", "three", 4, 5],
    ["in the case that the query has", "Ping", 4, 0],
    ["anywhere in an entry", "two", 3, 5],
    ["signs as they are", "e A", 1, 8],
  ])("finds %s", (_, query, index, offset) => {
    expect(typed(query)).toMatchObject({ query, index, offset, failed: false });
  });

  it("fails and keeps showing what was found last", () => {
    expect(typed("ping x")).toMatchObject({ index: 4, failed: true });
    expect(typed("zzz")).toMatchObject({ index: undefined, failed: true });
  });

  it("takes every character as itself", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (query) => {
        const entries = ["", `<${query}>`, ""];
        expect(searchMore(entries, NO_SEARCH, query)).toMatchObject({ index: 1, failed: false });
      }),
    );
  });
});

describe("searching again", () => {
  it("goes on to entries that are not the one shown, and fails at the oldest", () => {
    const older = (search: Search) => searchAgain(ENTRIES, search, "older");
    const second = older(typed("ping"));
    expect(second.index).toBe(3);
    const third = older(second);
    expect(third.index).toBe(0);
    expect(older(third)).toMatchObject({ index: 0, failed: true });
  });

  it("comes back with newer ones", () => {
    const oldest = typed("ping o");
    expect(oldest.index).toBe(0);
    const newer = searchAgain(ENTRIES, typed("ping on"), "newer");
    expect(newer).toMatchObject({ index: 0, failed: true });
    expect(searchAgain(ENTRIES, { ...oldest, query: "ping" }, "newer").index).toBe(2);
  });

  it("does nothing without a query", () => {
    expect(searchAgain(ENTRIES, NO_SEARCH, "older")).toBe(NO_SEARCH);
  });
});

it("erases key by key", () => {
  const found = typed("ping o");
  const less = searchLess(found);
  expect(less).toMatchObject({ query: "ping ", index: 4 });
  expect(searchLess(NO_SEARCH)).toBe(NO_SEARCH);
});
