import { describe, expect, it } from "vitest";
import { commonPrefix, inColumns } from "../../../src/repl/editor/completion.ts";

describe("commonPrefix", () => {
  it.each([
    [["/ping", "/pong", "/pub"], "/p"],
    [["/state", "/stats"], "/stat"],
    [["same"], "same"],
    [["a", "b"], ""],
    [["", "b"], ""],
    [[], ""],
    [["😀", "😁"], ""],
  ])("of %j is %j", (candidates, prefix) => expect(commonPrefix(candidates)).toBe(prefix));
});

describe("inColumns", () => {
  const five = ["alpha", "beta", "gamma", "delta", "日本"];

  it("reads downwards, in as many columns as fit", () => {
    expect(inColumns(five, 80)).toEqual(["alpha  beta   gamma  delta  日本"]);
    expect(inColumns(five, 22)).toEqual(["alpha  gamma  日本", "beta   delta"]);
    expect(inColumns(five, 7)).toEqual(five);
  });

  it("cuts what has no room, however long it is", () => {
    expect(inColumns(["日本".repeat(500_000)], 8)).toEqual(["日本日…"]);
    expect(inColumns(["abcdefghij", "b"], 6)).toEqual(["abcd…", "b"]);
  });

  it("shows what would command the terminal as escapes", () => {
    expect(inColumns(["a\u001b[2J", "b"], 80)).toEqual([String.raw`a\x1b[2J  b`]);
  });

  it("counts what are too many", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `key${i}`);
    const lines = inColumns(many, 80);
    expect(lines.at(-1)).toBe("… and 800 more");
    expect(lines.join(" ").match(/key\d+/g)).toEqual(expect.arrayContaining(["key0", "key199"]));
    expect(lines.length).toBeLessThan(30);
  });

  it("has no line for nothing", () => expect(inColumns([], 80)).toEqual([]));
});
