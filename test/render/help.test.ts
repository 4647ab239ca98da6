import { existsSync } from "node:fs";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { frameDump } from "../../src/commands/frame-dump.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { commandHelp, exitTable, mainHelp, optionTable } from "../../src/render/help.ts";
import { displayWidth } from "../../src/width.ts";
import { A_COMMAND, option } from "../helpers/a-command.ts";
import { expectGolden } from "../helpers/golden.ts";

const command = A_COMMAND;

/** A command that is announced and not written yet has no help to look at. */
const NAMES = Object.keys(COMMANDS).filter((name) =>
  existsSync(`src/commands/${name.replace(" ", "-")}.ts`),
);

function expectFits(text: string) {
  for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
}

describe("the help of a command", () => {
  it("shows the common flags on one screen", () => {
    expect(commandHelp(command, "common").split("\n")).toEqual([
      "Usage: framecat do [FLAGS] URL",
      "",
      "Do things.",
      "",
      "  framecat do x  does x",
      "",
      "  -a, --alpha      do alpha",
      "      --gamma x|y  do gamma",
      "      --long-name 'A VERY LONG NAME OF A VALUE'",
      "                   do long-name",
      "",
      "framecat do --help all lists every flag, and the exit codes.",
      "",
    ]);
  });

  it("shows all of them by topic, aligned over the topics", () => {
    const lines = commandHelp(command, "all").split("\n");
    expect(lines).toContain("Things:");
    expect(lines).toContain("  -a, --alpha      do alpha");
    expect(lines).toContain("Others:");
    expect(lines).toContain("      --beta TIME  do beta (default 10s)");
    expect(lines).toContain("  130  ended by SIGINT; a listen that stops in good order gives 0");
  });

  it("names the commands that belong to it, and no others", () => {
    const commands = {
      "do it": { summary: "Do it." },
      "do more": { summary: "Do more." },
      done: { summary: "Be done." },
      "undo it": { summary: "Undo it." },
    };
    for (const level of ["common", "all"] as const) {
      const lines = commandHelp(command, level, commands).split("\n");
      const own = lines.filter((line) => /^ {2}framecat (?:do|undo) \w+ {2,}\w/.test(line));
      expect(own.slice(-2)).toEqual(["  framecat do it    Do it.", "  framecat do more  Do more."]);
      expect(lines.join()).not.toContain("ndo it");
    }
  });

  it("has the choices of a flag where they are few", () => {
    const choices = (...names: string[]) =>
      commandHelp(
        { ...command, options: [option("mode", { kind: "text", value: "HOW", choices: names })] },
        "all",
      );
    expect(choices("on", "off")).toContain("--mode on|off  do mode");
    expect(choices("one-thing", "another-thing", "no-such-thing")).toContain("--mode HOW  do mode");
  });

  it("of frame-dump", () => {
    expectGolden("help/frame-dump.txt", commandHelp(frameDump, "common"));
    expectGolden("help/frame-dump-all.txt", commandHelp(frameDump, "all"));
  });
});

describe("every command's help", () => {
  it.each(NAMES)("%s fits the screen", async (name) => {
    const loaded = await COMMANDS[name]!.load();
    const common = commandHelp(loaded, "common", COMMANDS);
    expectFits(common);
    // A load has more sides than a connection, and bench names the commands that belong to it.
    const lines = name === "bench" || name === "bench capacity" ? 30 : 24;
    expect(common.trimEnd().split("\n").length).toBeLessThanOrEqual(lines);
    expectFits(commandHelp(loaded, "all"));
  });

  it.each(NAMES)("%s names every flag once", async (name) => {
    const { options } = await COMMANDS[name]!.load();
    const names = options.flatMap((each) => [each.name, each.alias ?? []]).flat();
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the main help", () => {
  it("names the commands", () => {
    const text = mainHelp(COMMANDS);
    expectFits(text);
    for (const name of Object.keys(COMMANDS)) {
      // Those of two words stand below that of their first.
      expect(text).toMatch(new RegExp(`^  ${name.replace(/^.* /, "  ")} `, "m"));
    }
    expectGolden("help/main.txt", text);
  });
});

describe("the README's tables", () => {
  it("hold flags, meanings and defaults", () => {
    expect(optionTable(command.options).split("\n")).toEqual([
      "| Flag                                        | Meaning      | Default |",
      "| ------------------------------------------- | ------------ | ------- |",
      "| `-a`, `--alpha`                             | do alpha     |         |",
      "| `--beta TIME`                               | do beta      | 10s     |",
      "| `--gamma x\\|y`                              | do gamma     |         |",
      "| `--long-name 'A VERY LONG NAME OF A VALUE'` | do long-name |         |",
    ]);
  });

  it("are as Prettier formats them", async () => {
    for (const table of [optionTable(command.options), exitTable()]) {
      expect(await format(table, { parser: "markdown", printWidth: 100 })).toBe(`${table}\n`);
    }
  });
});
