import { describe, expect, it } from "vitest";
import { FRAME_DUMP_OPTIONS } from "../../src/commands/frame-dump-options.ts";
import { isPartial, readSelection } from "../../src/commands/frame-dump-selection.ts";
import { argsOf } from "../helpers/args.ts";

const selection = (...argv: string[]) => readSelection(argsOf(FRAME_DUMP_OPTIONS, argv));

describe("which frames are wanted", () => {
  it.each([
    [[], { violations: false, dir: undefined, first: undefined }],
    [["--direction", "server"], { dir: "in" }],
    [["--opcode", "text,0x3"], { opcodes: new Set([1, 3]) }],
    [["--connection", "1,h:80"], { connections: new Set(["1", "h:80"]) }],
    [["--size", "1KiB.."], { size: { min: 1024, max: Number.POSITIVE_INFINITY } }],
    [["--violations", "--skip", "0", "--first", "3"], { violations: true, skip: 0, first: 3 }],
    [["--last", "5"], { last: 5 }],
  ])("%j", (argv, wanted) => {
    expect(selection(...argv)).toMatchObject(wanted);
  });

  it.each([
    [[], false],
    [["--connection", "1"], false],
    [["--violations"], true],
    [["--first", "1"], true],
    [["--time", "1s.."], true],
  ])("%j leaves frames of a connection out: %j", (argv, partial) => {
    expect(isPartial(selection(...argv))).toBe(partial);
  });

  it("may be told by what they hold", () => {
    expect(selection("--grep", "/^a/").payload?.(Buffer.from("abc"))).toBe(true);
  });

  it.each([
    [["--first", "1", "--last", "1"], "--first and --last exclude each other"],
    [["--first", "0"], "--first must be"],
    [["--time", "now"], "--time must be"],
    [["--size", "x"], "--size must be"],
  ])("%j is refused", (argv, message) => {
    expect(() => selection(...argv)).toThrow(message);
  });
});
