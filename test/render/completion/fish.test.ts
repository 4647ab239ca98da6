import { describe, expect, it } from "vitest";
import { fishCompletion } from "../../../src/render/completion/fish.ts";
import { COMPLETABLES } from "../../helpers/completables.ts";
import { HAS_SHELL, shellOutput } from "../../helpers/shells.ts";

/** What is typed, and what is offered. */
const LINES = [
  ["", ["do\tDo things.", "look\tLook."]],
  ["do --al", ["--alpha\tdo alpha"]],
  ["do --gamma ", ["x\tdo gamma", "y\tdo gamma"]],
  ["do --beta ", [""]],
  ["do m", ["more"]],
  ["do more --alp", ["--alpha\tdo alpha"]],
  ["look --o", ["--odd\tit's [odd]: \\n"]],
  ["look package.js", ["package.json"]],
  ["do package.js", [""]],
] as const;

describe.skipIf(!HAS_SHELL.fish)("completion in fish", () => {
  it("offers what may follow, with its meaning", () => {
    const tries = LINES.map(([line]) => `complete -C "framecat ${line}"; echo ----\n`);
    const script = `source $argv[1]\n${tries.join("")}`;
    const offered = shellOutput("fish", script, fishCompletion(COMPLETABLES)).split("----\n");
    const said = offered.map((words) => words.trimEnd().split("\n"));
    expect(said.slice(0, -1)).toEqual(LINES.map(([, words]) => words));
  });
});
