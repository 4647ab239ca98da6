import { describe, expect, it } from "vitest";
import { BENCH_OPTIONS, REPORT_OPTIONS } from "../../src/commands/bench-options.ts";
import { bench } from "../../src/commands/bench.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { commandHelp } from "../../src/render/help.ts";
import { expectGolden } from "../helpers/golden.ts";

const names = (options: typeof BENCH_OPTIONS) => options.map(({ name }) => name);

describe("the flags of bench", () => {
  it("are each there once", () => {
    expect(new Set(names(BENCH_OPTIONS)).size).toBe(BENCH_OPTIONS.length);
  });

  it("are a dozen on the first screen, which has room for thirty lines", () => {
    expect(BENCH_OPTIONS.filter(({ common }) => common).length).toBeLessThanOrEqual(13);
    const help = commandHelp(bench, "common", COMMANDS);
    expect(help.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
  });

  it("read well, whatever other commands there are", () => {
    expectGolden("help/bench.txt", commandHelp(bench, "common"));
    expectGolden("help/bench-all.txt", commandHelp(bench, "all"));
  });

  it("that show a result are those of a saved one", () => {
    expect(names(BENCH_OPTIONS)).toEqual(expect.arrayContaining(names(REPORT_OPTIONS)));
  });
});

describe("the help of what is made of results", () => {
  it.each(["bench report", "bench merge", "bench compare"])("%s", async (name) => {
    const command = await COMMANDS[name]!.load();
    expectGolden(`help/${name.replace(" ", "-")}.txt`, commandHelp(command, "common"));
  });
});
