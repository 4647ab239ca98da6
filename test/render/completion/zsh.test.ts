import { describe, expect, it } from "vitest";
import { zshCompletion } from "../../../src/render/completion/zsh.ts";
import { COMPLETABLES } from "../../helpers/completables.ts";
import { expectGolden } from "../../helpers/golden.ts";
import { HAS_SHELL, shellOutput } from "../../helpers/shells.ts";

describe("completion in zsh", () => {
  it("tells _arguments what each flag means", () => {
    expectGolden("completion/zsh.txt", zshCompletion(COMPLETABLES));
  });

  it.skipIf(!HAS_SHELL.zsh)("is loaded by compinit", () => {
    const script = `autoload -Uz compinit && compinit -D -u; source "$1"; echo $_comps[framecat]`;
    expect(shellOutput("zsh", script, zshCompletion(COMPLETABLES))).toBe("_framecat\n");
  });
});
