import { describe, expect, it } from "vitest";
import type { Args, Command } from "../../src/commands/command.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { FramecatError } from "../../src/errors.ts";

const option = { description: "", topic: "" } as const;
const command: Command = {
  name: "try",
  summary: "",
  positionals: "[URL]",
  maxPositionals: 1,
  examples: [],
  options: [
    { name: "header", alias: "H", kind: "list", ...option },
    { name: "eof", kind: "text", ...option },
    { name: "color", kind: "text", choices: ["auto", "never"], ...option },
    { name: "quiet", alias: "q", kind: "flag", ...option },
    { name: "verbose", alias: "v", kind: "count", ...option },
    { name: "history", kind: "flag", onByDefault: true, ...option },
    { name: "null", alias: "0", kind: "flag", ...option },
  ],
  run: async () => 0,
};

const parse = (...argv: string[]): Args => parseArgs(command, argv);

function expectUsage(argv: readonly string[], message: string): void {
  let thrown: unknown;
  try {
    parse(...argv);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FramecatError);
  const { code, message: said, hint } = thrown as FramecatError;
  expect([code, said]).toEqual(["usage", message]);
  expect(hint).toContain("framecat try --help");
}

describe("what is given", () => {
  it("a list takes one value each time, and never the URL after it", () => {
    const args = parse("-H", "A: b", "ws://x", "--header", "C: d");
    expect([args.list("header"), args.positionals]).toEqual([["A: b", "C: d"], ["ws://x"]]);
  });

  it("text keeps its digits, its dashes, its dots and its emptiness", () => {
    expect(parse("--eof", "007").text("eof")).toBe("007");
    expect(parse("--eof=-1").text("eof")).toBe("-1");
    expect(parse("--eof", "-1").text("eof")).toBe("-1");
    expect(parse("--eof", "a.b.c").text("eof")).toBe("a.b.c");
    expect(parse("--eof", "").text("eof")).toBe("");
    expect(parse("0123").positionals).toEqual(["0123"]);
  });

  it("a value may stand right behind its letter, whatever it begins with", () => {
    const args = parse("-HA: b", "-H-c: d", "-H=e: f", "--", "-Hg");
    expect([args.list("header"), args.positionals]).toEqual([["A: b", "-c: d", "e: f"], ["-Hg"]]);
  });

  it("flags and counts, alone or together", () => {
    expect([parse("-0", "x").flag("null"), parse("-0", "x").positionals]).toEqual([true, ["x"]]);
    const args = parse("-qvv", "-v");
    expect([args.flag("quiet"), args.count("verbose")]).toEqual([true, 3]);
    expect(parse("--no-quiet").flag("quiet")).toBe(false);
    expect(parse("-q", "--no-quiet").flag("quiet")).toBe(false);
    expect([parse().flag("history"), parse("--no-history").flag("history")]).toEqual([true, false]);
  });

  it("what is not given", () => {
    const args = parse();
    const given = [
      args.flag("quiet"),
      args.count("verbose"),
      args.text("eof"),
      args.list("header"),
    ];
    expect(given).toEqual([false, 0, undefined, []]);
    expect(args.positionals).toEqual([]);
  });

  it("after -- nothing is a flag", () => {
    expect(parse("--", "-q").positionals).toEqual(["-q"]);
    expect(parse("--", "--quiet=1").positionals).toEqual(["--quiet=1"]);
  });
});

describe("what is wrong", () => {
  it.each([
    [["--nope"], "unknown flag --nope"],
    [["-z"], "unknown flag -z"],
    [["--no-such"], "unknown flag --no-such"],
    [["--nope", "--nay"], "unknown flag --nope, --nay"],
    [["--eof"], "flag --eof needs a value"],
    [["-H"], "flag -H needs a value"],
    [["--eof", "a", "--eof", "b"], "flag --eof is given twice"],
    [["--quiet=maybe"], "flag --quiet takes no value"],
    [["-q=1"], "flag -q takes no value"],
    [["--verbose=2"], "flag --verbose takes no value"],
    [["--no-header"], "unknown flag --no-header"],
    [["--no-eof"], "unknown flag --no-eof"],
    [["--no-verbose"], "unknown flag --no-verbose"],
    [["--color", "red"], '--color must be one of auto, never, not "red"'],
    [["ws://x", "ws://y"], 'unexpected argument "ws://y"'],
  ])("%j", (argv, message) => {
    if (message.includes("twice")) expect(() => parse(...argv).text("eof")).toThrow(message);
    else expectUsage(argv, message);
  });

  it.each([
    [["--qiuet"], "Did you mean --quiet? See"],
    [["--verb"], "Did you mean --verbose? See"],
    [["--hedaer", "a", "--colour=red"], "Did you mean --header or --color? See"],
    [["--nope"], "See"],
    [["-z"], "See"],
  ])("%j: %s", (argv, hint) => {
    expect(() => parse(...argv)).toThrow(
      expect.objectContaining({ hint: `${hint} \`framecat try --help\`.` }),
    );
  });

  it("asking for a flag that the command does not have is a defect", () => {
    expect(() => parse().text("quiet")).toThrow("the command has no text --quiet");
  });
});
