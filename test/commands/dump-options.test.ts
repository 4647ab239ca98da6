import { describe, expect, it } from "vitest";
import { DUMP_OPTIONS, readForm, readSelection } from "../../src/commands/dump-options.ts";
import { utf8 } from "../helpers/bytes.ts";
import { argsOf } from "../helpers/args.ts";
import { expectUsage } from "../helpers/usage.ts";

const args = (...argv: string[]) => argsOf(DUMP_OPTIONS, argv);

describe("the form", () => {
  it.each([
    [[], "lines"],
    [["--table"], "table"],
    [["--summary", "--dir", "in"], "summary"],
  ])("%j is %s", (argv, form) => expect(readForm(args(...argv))).toBe(form));

  it("is one", () =>
    expectUsage(
      Promise.resolve().then(() => readForm(args("--tree", "--json"))),
      /^--tree and --json are two forms/,
    ));
});

describe("what is selected", () => {
  it("is everything without a flag", () => {
    const { violations, ...rest } = readSelection(args());
    expect([violations, new Set(Object.values(rest))]).toEqual([false, new Set([undefined])]);
  });

  it("is what the flags say", () => {
    const { payload, ...rest } = readSelection(
      args(
        "--dir=client",
        "--opcode=text,ping",
        "--conn=1,h:80",
        "--size=..9",
        "--time=1s..",
        "--match=/a/i",
        "--violations",
        "--skip=0",
        "--last=5",
      ),
    );
    expect(rest).toEqual({
      dir: "out",
      opcodes: new Set([1, 9]),
      connections: new Set(["1", "h:80"]),
      size: { min: 0, max: 9 },
      time: { from: { us: 1e6, relative: true }, to: undefined },
      violations: true,
      skip: 0,
      first: undefined,
      last: 5,
    });
    expect(payload?.(utf8("A"))).toBe(true);
  });

  it.each([
    [["--first", "1", "--last", "1"], /^--first and --last cannot both be given$/],
    [["--first", "0"], /^--first must be a whole number from 1/],
    [["--skip", "x"], /^--skip must be a whole number from 0/],
    [["--match", "/(/"], /^--match \/\(\/ is no regular expression/],
    [["--size", "9..1"], /^--size 9..1 ends before it begins$/],
  ])("%j is refused", (argv, message) =>
    expectUsage(
      Promise.resolve().then(() => readSelection(args(...argv))),
      message,
    ),
  );
});

describe("the flags", () => {
  it("have names of their own", () => {
    const names = DUMP_OPTIONS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
