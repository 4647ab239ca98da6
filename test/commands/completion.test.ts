import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { memoryIo } from "../helpers/memory-io.ts";

async function completionFor(...args: string[]) {
  const io = memoryIo({ stdin: "" });
  const code = await main(["completion", ...args], io);
  return { code, out: io.out(), err: io.err() };
}

describe("framecat completion", () => {
  it.each(["bash", "zsh", "fish"])("knows every command and flag for %s", async (shell) => {
    const { code, out } = await completionFor(shell);
    expect(code).toBe(0);
    for (const [name, entry] of Object.entries(COMMANDS)) {
      expect(out).toContain(name);
      for (const { name: flag } of (await entry.load()).options) expect(out).toContain(flag);
    }
  });

  it.each([
    [["tcsh"], 'completion is for bash, zsh, fish, not "tcsh"'],
    [[], 'completion is for bash, zsh, fish, not ""'],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await completionFor(...args);
    expect(code).toBe(2);
    expect(err).toBe(`framecat: ${message} (exit 2).\n`);
  });
});
