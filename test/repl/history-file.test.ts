import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHistoryFile, historyPath } from "../../src/repl/history-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "framecat-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("historyPath", () => {
  it.each([
    ["example.net:8080", "example.net_8080"],
    ["Example.NET", "example.net"],
    ["127.0.0.1:9000", "127.0.0.1_9000"],
    ["[::1]:8080", "---1-_8080"],
    ["../../etc/passwd", "-.-..-etc-passwd"],
    ["..", "-."],
    ["", "-"],
    ["ws+unix:/run/a b.sock", "ws-unix--run-a-b.sock"],
  ])("of %j ends in %s", (key, name) => {
    expect(historyPath({ XDG_STATE_HOME: "/state" }, key)).toBe(`/state/framecat/history/${name}`);
  });

  it.each([
    [{ HOME: "/home/me" }, "/home/me/.local/state/framecat/history/h"],
    [{ HOME: "/home/me", XDG_STATE_HOME: "" }, "/home/me/.local/state/framecat/history/h"],
    [{ HOME: "/home/me", XDG_STATE_HOME: "relative" }, "/home/me/.local/state/framecat/history/h"],
  ])("with %j is %s", (env, path) => expect(historyPath(env, "h")).toBe(path));
});

describe("the file", () => {
  const LIMITS = { entries: 4, most: 6, bytes: 4000 };
  const path = () => join(folder, "sub", "h");
  const lines = () => readFileSync(path(), "utf8").trimEnd().split("\n");

  async function appendAll(entries: readonly string[], limits = LIMITS) {
    const file = createHistoryFile(path(), limits);
    file.read();
    for (const entry of entries) await file.append(entry);
    return file;
  }

  it("is empty where there is none", () => {
    expect(createHistoryFile(path()).read()).toEqual([]);
  });

  it("has an entry per line", async () => {
    await appendAll(["one", "two\nlines"]);
    expect(lines()).toEqual(['"one"', String.raw`"two\nlines"`]);
  });

  it("is trimmed to the newest once there are too many", async () => {
    await appendAll(["1", "2", "3", "4", "5", "6"]);
    expect(lines()).toHaveLength(6);
    await appendAll(["7"]);
    expect(lines()).toEqual(['"4"', '"5"', '"6"', '"7"']);
    expect(readdirSync(join(folder, "sub"))).toEqual(["h"]);
  });

  it("is trimmed to half its bytes once there are too many", async () => {
    await appendAll(Array.from({ length: 6 }, (_, i) => String(i).repeat(900)));
    expect(lines().map((line) => line[1])).toEqual(["3", "4", "5"]);
    expect(Buffer.byteLength(readFileSync(path()))).toBeLessThan(LIMITS.bytes);
  });

  it("does not have an entry that is a file by itself", async () => {
    await appendAll(["one", "x".repeat(1001)]);
    expect(lines()).toEqual(['"one"']);
  });

  it("gives the newest, and leaves out what is no entry", async () => {
    await appendAll(["1"]);
    writeFileSync(path(), '"a"\nnot json\n{"b":1}\n"c"\n\n"d"\n"e"\n"cut of');
    expect(createHistoryFile(path(), { ...LIMITS, entries: 9 }).read()).toEqual([
      "a",
      "c",
      "d",
      "e",
    ]);
  });

  it("is read from its end where it is too long", async () => {
    await appendAll(["1"]);
    writeFileSync(path(), `"${"x".repeat(8000)}"\n"a"\n"b"\n`);
    expect(createHistoryFile(path(), LIMITS).read()).toEqual(["a", "b"]);
  });

  it("leaves the trimming to another session that is at it, unless that died", async () => {
    await appendAll(["1", "2", "3", "4", "5", "6"]);
    const theirs = `${path()}~`;
    writeFileSync(theirs, "");
    await appendAll(["7"]);
    expect(lines()).toHaveLength(7);
    utimesSync(theirs, 1, 1);
    await appendAll(["8", "9"]);
    expect(lines().at(-1)).toBe('"9"');
    expect(lines().length).toBeLessThanOrEqual(LIMITS.most);
  });

  it("keeps entries of sessions that trim at the same time", async () => {
    const limits = { entries: 1000, most: 40, bytes: 1_000_000 };
    const write = async (name: string) => {
      const file = createHistoryFile(path(), limits);
      for (let i = 0; i < 60; i++) await file.append(`${name}${i}`);
    };
    await Promise.all(["a", "b", "c"].map(write));
    const entries = createHistoryFile(path(), limits).read();
    for (const name of ["a", "b", "c"]) {
      const own = entries.filter((entry) => entry.startsWith(name));
      expect(new Set(own).size).toBe(60);
    }
  });
});
