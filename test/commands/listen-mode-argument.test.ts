import { describe, expect, it } from "vitest";
import { readModeArgument } from "../../src/commands/listen-mode-argument.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { listen } from "../../src/commands/listen.ts";

const read = (line: string) => readModeArgument(parseArgs(listen, line.split(" ")));

describe("the argument of a mode", () => {
  it.each([
    ["--mode relay ws://h/", [], "ws://h/", undefined],
    ["9000 --mode relay ws://h/", ["9000"], "ws://h/", undefined],
    ["./socket --mode relay :80", ["./socket"], ":80", undefined],
    ["--mode relay --to :80 9000", ["9000"], ":80", undefined],
    ["--mode relay 9000", ["9000"], undefined, undefined],
    ["0 --mode exec cat", ["0"], undefined, "cat"],
    ["--mode exec cat", [], undefined, "cat"],
    ["--exec cat 0", ["0"], undefined, "cat"],
    ["9000", ["9000"], undefined, undefined],
  ])("%s", (line, positionals, to, exec) => {
    const args = read(line);
    expect([args.positionals, args.text("to"), args.text("exec")]).toEqual([positionals, to, exec]);
  });

  it.each([
    ["9000 9001", '"9001"'],
    ["9000 ws://h/", '"ws://h/"'],
    ["--mode echo 9000 ws://h/", '"ws://h/"'],
    ["--mode relay --to :80 9000 ws://h/", '"ws://h/"'],
  ])("%s is one too many", (line, surplus) => {
    expect(() => read(line)).toThrow(`unexpected argument ${surplus}`);
  });

  it("leaves the flags as they are", () => {
    const args = read("--mode relay ws://h/ -q -vv -s chat");
    const told = [args.flag("quiet"), args.flag("json"), args.count("verbose")];
    expect([...told, args.list("subprotocol")]).toEqual([true, false, 2, ["chat"]]);
  });
});
