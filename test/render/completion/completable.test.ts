import { describe, expect, it } from "vitest";
import { completable, namesOf, quoted } from "../../../src/render/completion/completable.ts";
import { A_COMMAND, option } from "../../helpers/a-command.ts";

const known = (more: Partial<typeof A_COMMAND> = {}) =>
  completable({ ...A_COMMAND, ...more }, "Does.", ["do", "do more", "done"]);

describe("what a shell is to know of a command", () => {
  it("is its flags, and that it has help", () => {
    expect(known().flags.map(namesOf)).toEqual([
      ["-a", "--alpha"],
      ["--beta"],
      ["--gamma"],
      ["--long-name"],
      ["-h", "--help"],
    ]);
  });

  it("is which words stand behind it", () => {
    expect(known().subcommands).toEqual(["more"]);
  });

  it.each([
    ["nothing behind a flag that is on or off", {}, { kind: "none" }],
    ["nothing behind one that adds up", { kind: "count" }, { kind: "none" }],
    ["choices", { kind: "text", value: "FORM", choices: ["x"] }, { kind: "words", words: ["x"] }],
    ["files", { kind: "list", value: "FILE" }, { kind: "files" }],
    ["what only a user knows", { kind: "text", value: "TIME" }, { kind: "unknown", name: "TIME" }],
  ] as const)("is %s", (_, more, value) => {
    expect(known({ options: [option("one", more)] }).flags[0]?.value).toEqual(value);
  });

  it.each([
    ["[FILE | HEX…]", { kind: "files" }],
    ["BASE NEW", { kind: "files" }],
    ["bash|zsh", { kind: "words", words: ["bash", "zsh"] }],
    ["[URL]", { kind: "none" }],
    ["", { kind: "none" }],
  ])("is what stands for %s", (positionals, argument) => {
    expect(known({ positionals }).argument).toEqual(argument);
  });

  it("quotes for a shell", () => {
    expect(quoted("it's")).toBe(String.raw`'it'\''s'`);
  });
});
