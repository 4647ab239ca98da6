import { describe, expect, it } from "vitest";
import { fishCompletion } from "../../../src/render/completion/fish.ts";
import { COMPLETABLES } from "../../helpers/completables.ts";
import { HAS_SHELL, shellOutput } from "../../helpers/shells.ts";

const offered = (line: string): string[] =>
  shellOutput(
    "fish",
    `source $argv[1]; complete -C "framecat ${line}"`,
    fishCompletion(COMPLETABLES),
  )
    .trimEnd()
    .split("\n");

describe.skipIf(!HAS_SHELL.fish)("completion in fish", () => {
  it.each([
    ["", ["do\tDo things.", "look\tLook."]],
    ["do --al", ["--alpha\tdo alpha"]],
    ["do --gamma ", ["x\tdo gamma", "y\tdo gamma"]],
    ["do --beta ", [""]],
    ["do m", ["more"]],
    ["do more --alp", ["--alpha\tdo alpha"]],
    ["look --o", ["--odd\tit's [odd]: \\n"]],
    ["look package.js", ["package.json"]],
    ["do package.js", [""]],
  ])("of %s offers %j", (line, words) => {
    expect(offered(line)).toEqual(words);
  });
});
