import { describe, expect, it } from "vitest";
import { bashCompletion } from "../../../src/render/completion/bash.ts";
import { COMPLETABLES } from "../../helpers/completables.ts";
import { HAS_SHELL, shellOutput } from "../../helpers/shells.ts";

/** As bash calls it: the words of the line, of which the last is being typed. */
const TRY = `source "$1"
try() { COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _framecat; echo "\${COMPREPLY[*]}"; }
`;

/** What is typed, and what is offered. */
const LINES = [
  ["''", "do look help --help --version"],
  ["d", "do"],
  ["do --al", "--alpha"],
  ["do -", "-a --alpha --beta --gamma --long-name -h --help"],
  ["do --gamma ''", "x y"],
  ["do --gamma =", "x y"],
  ["do --gamma = y", "y"],
  ["do --beta ''", ""],
  ["do mo", "more"],
  ["do more --alp", "--alpha"],
  ["do x mo", ""],
  ["look --help a", "all"],
] as const;

describe.skipIf(!HAS_SHELL.bash)("completion in bash", () => {
  it("offers what may follow", () => {
    const tries = LINES.map(([line]) => `try framecat ${line}\n`);
    const offered = shellOutput("bash", TRY + tries.join(""), bashCompletion(COMPLETABLES));
    expect(offered.trimEnd().split("\n")).toEqual(LINES.map(([, words]) => words));
  });
});
