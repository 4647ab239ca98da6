import { describe, expect, it } from "vitest";
import { parseDelay, parseEdit, parseRule } from "../../src/scenario/relay-rule.ts";
import type { Passing } from "../../src/transport/relay/passing.ts";
import { utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

const passing = (text: string | undefined, opcode = 1): Passing => ({
  conn: "1",
  dir: "in",
  opcode,
  data: text === undefined ? undefined : utf8(text),
  wireLength: text?.length ?? 0,
});

describe("a rule", () => {
  it.each<[string, Passing, boolean]>([
    ["pong", passing("ping pong"), true],
    ["pong", passing("ping"), false],
    ["/^a/i", passing("Abc"), true],
    ["json:$.a=1", passing('{"a":1}', 2), true],
    ["text:a", passing("a", 2), false],
    ["*", passing("a"), true],
    ["*", passing(undefined), true],
    ["*", passing("a", 9), false],
    ["a", passing(undefined), false],
    ["a", passing("a", 9), false],
    ["opcode:ping", passing("", 9), true],
    ["opcode:ping", passing("", 10), false],
    ["opcode:0x8", passing("", 8), true],
    ["opcode:binary", passing("", 2), true],
    ["in:", passing("a"), true],
  ])("%s of %j: %j", async (text, what, matches) => {
    const rule = await parseRule(text, "--hold");
    expect([rule.text, rule.matches(what)]).toEqual([text, matches]);
  });

  it.each([
    ["in:a", "in"],
    ["out:opcode:close", "out"],
    ["text:in:a", undefined],
    ["inn:a", undefined],
  ])("%s is about %s", async (text, dir) => {
    expect((await parseRule(text, "--hold")).dir).toBe(dir);
  });

  it.each([
    ["", /--hold is empty/],
    ["/(/", /--hold: .* no regular expression/],
    ["in:/(/", /--hold: .* no regular expression/],
    ["opcode:cont", /no text, binary, close, ping or pong/],
    ["opcode:0x3", /no text, binary, close, ping or pong/],
    ["opcode:pang", /no opcode/],
  ])("%j is wrong", async (text, message) => {
    await expectUsage(parseRule(text, "--hold"), message);
  });
});

describe("a delay", () => {
  it("is about everything, or about a rule", async () => {
    const all = await parseDelay("250ms", "--delay");
    expect([all.delayMs, all.dir, all.matches(passing("", 9))]).toEqual([250, undefined, true]);
    const some = await parseDelay("2s in:/tick tock/", "--delay");
    expect([some.delayMs, some.dir, some.text]).toEqual([2000, "in", "2s in:/tick tock/"]);
    expect([some.matches(passing("tick tock")), some.matches(passing("tick"))]).toEqual([
      true,
      false,
    ]);
  });

  it.each(["", "250", "in:a", "fast /x/"])("%j is wrong", async (text) => {
    await expectUsage(parseDelay(text, "--delay"), /--delay must be a duration/);
  });
});

describe("a change", () => {
  const edited = (text: string, before: string): string | undefined => {
    const data = parseEdit(text, "--edit").edit(utf8(before));
    return data && Buffer.from(data).toString();
  };

  it.each([
    ["s/a/b/", "aa", "ba"],
    ["s/a/b/g", "aa", "bb"],
    ["s/(\\d+)/<$1>/", "id 17", "id <17>"],
    ["s|a/b|c|", "a/b", "c"],
    ["s/a\\/b/c\\/d/", "a/b", "c/d"],
    ["s/\\\\/-/", "\\", "-"],
    ["s/É/e/i", "é", "e"],
    ["s/a//", "a", ""],
    ["in:s/a/b/", "a", "b"],
    ["s/x/y/", "a", undefined],
  ])("%s of %j is %j", (text, before, after) => {
    expect(edited(text, before)).toBe(after);
  });

  it("is one of texts, in its direction", () => {
    const { dir, matches } = parseEdit("out:s/a/b/", "--edit");
    expect([
      dir,
      matches(passing("a")),
      matches(passing("a", 2)),
      matches(passing(undefined)),
    ]).toEqual(["out", true, false, false]);
  });

  it.each([
    ["a/b", /--edit must be like/],
    ["s/a/b", /--edit must be like/],
    ["s/a", /--edit must be like/],
    ["s/a/b/g/x", /--edit must be like/],
    ["sxaxbx", /--edit must be like/],
    ["s/(/b/", /--edit: "\(" is no regular expression: Unterminated group$/],
    ["s//b/", /it is empty/],
    ["s/a/b/y", /flags are/],
  ])("%j is wrong", (text, message) => {
    expect(() => parseEdit(text, "--edit")).toThrow(message);
  });
});
