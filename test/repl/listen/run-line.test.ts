import { describe, expect, it } from "vitest";
import { usageError } from "../../../src/errors.ts";
import type { MoreCommand } from "../../../src/repl/listen/command.ts";
import { runListenLine } from "../../../src/repl/listen/run-line.ts";
import { listenDesk, type TestListenDeskOptions } from "../../helpers/listen-desk.ts";

async function type(line: string, options?: TestListenDeskOptions) {
  const { desk, done } = listenDesk(options);
  return { lines: await runListenLine(line, desk), done };
}

describe("a line without a slash", () => {
  it.each([
    ["hello", "typed hello"],
    ["//help", "typed /help"],
    ["", "typed "],
    ["two\nlines", "typed two\nlines"],
  ])("%j goes to the mode", async (line, done) => {
    expect(await type(line, { typed: true })).toEqual({ lines: [], done: [done] });
  });

  it("is ready to be sent where the mode makes nothing of it", async () => {
    expect(await type("hello")).toEqual({
      lines: ["not sent: Enter sends it to all clients; /to ID sends to one"],
      done: ["insert /all hello"],
    });
    expect(await type("")).toEqual({ lines: [], done: [] });
  });

  it.each([true, false])("is not sent where nobody is connected", async (typed) => {
    for (const [ids, why] of [
      [[], "nobody is connected"],
      [["3*"], "no client can be spoken to like this; /help lists what can be done"],
    ] as const) {
      const result = await type("hello", { typed, ids });
      expect(result).toEqual({ lines: [`not sent: ${why}`], done: [] });
    }
  });
});

describe("a command", () => {
  it("that is unknown is told, harmless", async () => {
    expect(await type("/\u001b[2J")).toEqual({
      lines: ["unknown command /\\x1b[2J; /help lists them, // sends a slash"],
      done: [],
    });
  });

  it("tells what is wrong with its argument", async () => {
    const { lines, done } = await type("/to 7 hi");
    expect([lines, done]).toEqual([["/to: no client 7 is there. /clients lists them."], []]);
  });

  const commands: readonly MoreCommand[] = [
    {
      name: "hold",
      takes: "/REGEX/",
      meaning: "hold messages",
      run: async (argument, { insert, edit }) => {
        if (argument === "") throw usageError("it needs a pattern", "/hold /x/");
        insert(argument);
        return [`\u001b ${await edit(argument)}`];
      },
    },
  ];

  it("of the mode may use the terminal, and what it shows is made harmless", async () => {
    const { lines, done } = await type("/hold  /a b/", { commands });
    expect([lines, done]).toEqual([["\\x1b  /a b/!"], ["insert  /a b/"]]);
    expect((await type("/hold", { commands })).lines).toEqual([
      "/hold: it needs a pattern. /hold /x/",
    ]);
  });

  it("is listed by /help, those of the mode too", async () => {
    const { lines } = await type("/help", { commands, typed: true });
    expect(lines).toContain("TEXT – send it to all clients");
    expect(lines).toContain("/hold /REGEX/ – hold messages");
    expect(lines.indexOf("Mode")).toBeGreaterThan(lines.indexOf("Clients"));
    expect((await type("/help")).lines.join("\n")).not.toMatch(/^TEXT|^Mode$/m);
    expect((await type("/help /quit")).lines).toEqual([
      "",
      "/quit – stop the server: 1001 to all clients, then leave",
    ]);
    expect((await type("/help hold", { commands })).lines).toEqual([
      "",
      "/hold /REGEX/ – hold messages",
    ]);
  });
});
