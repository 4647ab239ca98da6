import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryHistory, openHistory } from "../../src/repl/history.ts";

let state = "";
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "framecat-test-"));
});
afterEach(() => rmSync(state, { recursive: true }));

const note = vi.fn<(line: string) => void>();
const open = (key = "h:1", enabled = true) => {
  note.mockClear();
  return openHistory({ env: { XDG_STATE_HOME: state }, key, enabled, note });
};

describe("the history of a host", () => {
  it("is there in the next run, entries of several lines too", async () => {
    const first = open();
    for (const line of ["one", "two\n\tlines", 'quo"ted\\']) first.add(line);
    await first.settled();
    expect(open().entries).toEqual(["one", "two\n\tlines", 'quo"ted\\']);
    expect(open("h:2").entries).toEqual([]);
  });

  it("has no empty lines, none that begin with a space, and none twice in a row", async () => {
    const first = open();
    for (const line of ["one", "", " hidden", "one", "two", "one"]) first.add(line);
    expect(first.entries).toEqual(["one", "two", "one"]);
    await first.settled();
    const second = open();
    second.add("one");
    await second.settled();
    expect(open().entries).toEqual(["one", "two", "one"]);
  });

  it("recalls a secret in the run it was typed in, and writes none", async () => {
    const first = open();
    first.add('{"token":"abc"}');
    expect(first.entries).toEqual(['{"token":"abc"}']);
    await first.settled();
    expect(open().entries).toEqual(['{"token":"***"}']);
  });

  it.each([
    ["/ping", "/ping"],
    ["/close 4000 bye", "/close 4000 bye"],
    ["//literal", "//literal"],
    ['/text {"password":"abc"}', '/text {"password":"***"}'],
    ['/request login {"user":"a","token":"abc"}', '/request login {"user":"a","token":"***"}'],
    ["/pub room access_token=abc", "/pub room access_token=***"],
    ["/text Authorization: Bearer abc", "/text Authorization: Bearer ***"],
    ["/replay https://u:p@h/x?key=abc", "/replay https://***@h/x?key=***"],
  ])("keeps commands as a shell does, secrets redacted: %s", async (typed, kept) => {
    const first = open();
    first.add(typed);
    expect(first.entries).toEqual([typed]);
    await first.settled();
    expect(open().entries).toEqual([kept]);
  });

  it("is its owner's alone", async () => {
    const history = open();
    history.add("one");
    await history.settled();
    const mode = (...path: string[]) => (statSync(join(state, ...path)).mode & 0o777).toString(8);
    expect(mode("framecat", "history")).toBe("700");
    expect(mode("framecat", "history", "h_1")).toBe("600");
  });

  it("has what two sessions wrote at a time", async () => {
    const [a, b] = [open(), open()];
    for (let i = 0; i < 20; i++) {
      a.add(`a${i}`);
      b.add(`b${i}`);
    }
    await Promise.all([a.settled(), b.settled()]);
    const { entries } = open();
    expect(entries).toHaveLength(40);
    expect(entries.filter((entry) => entry.startsWith("a"))).toEqual(a.entries);
    expect(entries.filter((entry) => entry.startsWith("b"))).toEqual(b.entries);
  });

  it("is in memory only where that is wanted", async () => {
    const history = open("h:1", false);
    history.add("one");
    await history.settled();
    expect(history.entries).toEqual(["one"]);
    expect(open().entries).toEqual([]);
    expect(note).not.toHaveBeenCalled();
  });
});

describe("a state folder that is none", () => {
  it("is told once when it cannot be written, and the history goes on in memory", async () => {
    writeFileSync(join(state, "framecat"), "a file");
    const history = openHistory({
      env: { XDG_STATE_HOME: state },
      key: "h:1",
      enabled: true,
      note,
    });
    for (const line of ["one", "two"]) history.add(line);
    await history.settled();
    history.add("three");
    await history.settled();
    expect(history.entries).toEqual(["one", "two", "three"]);
    expect(note).toHaveBeenCalledOnce();
    expect(note.mock.calls[0]?.[0]).toMatch(/^history is not kept: .*(ENOTDIR|EEXIST)/);
  });

  it("is told when it cannot be read", () => {
    mkdirSync(join(state, "framecat", "history", "h_1"), { recursive: true });
    const history = open();
    history.add("one");
    expect(history.entries).toEqual(["one"]);
    expect(note).toHaveBeenCalledOnce();
    expect(readFileSync("/dev/null", "utf8")).toBe("");
  });
});

describe("a history in memory", () => {
  it("keeps the newest thousand", () => {
    const history = memoryHistory();
    for (let i = 0; i < 1500; i++) history.add(String(i));
    expect(history.entries).toHaveLength(1000);
    expect(history.entries.at(-1)).toBe("1499");
  });

  it("keeps no more than its share of memory, but always the newest", () => {
    const history = memoryHistory(["old"]);
    for (let i = 0; i < 5; i++) history.add(String(i).repeat(6 * 1024 * 1024));
    expect(history.entries).toHaveLength(2);
    history.add("x".repeat(20 * 1024 * 1024));
    expect(history.entries).toHaveLength(1);
  });
});
