import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FramecatError } from "../../../src/errors.ts";
import { editText } from "../../../src/repl/editor/external.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "framecat-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Edits with a command of the shell, whose `$1` is the file. */
function edit(text: string, command: string, more: Record<string, string> = {}) {
  const EDITOR = `sh -c '${command}' editor`;
  return editText(text, { env: { PATH: process.env.PATH, TMPDIR: folder, EDITOR, ...more } });
}

describe("editText", () => {
  it("gives what the editor wrote, without one newline at its end", async () => {
    expect(await edit("one", 'printf "%s\\ntwo\\n\\n" "$(cat "$1")" > "$1"')).toBe("one\ntwo\n");
  });

  it("lets nobody else read the file, and leaves none", async () => {
    const command = 'stat -c "%a %n" "$1" "$(dirname "$1")" > "$TMPDIR/seen"';
    expect(await edit("secret", command)).toBe("secret");
    const seen = readFileSync(join(folder, "seen"), "utf8").split("\n");
    expect(seen[0]).toMatch(/^600 .*\/message\.txt$/);
    expect(seen[1]).toMatch(/^700 /);
    expect(readdirSync(folder)).toEqual(["seen"]);
  });

  it("names the file after what is in it", async () => {
    expect(await edit(' {"a":1}', 'printf %s "$1" > "$1"')).toMatch(/\.json$/);
  });

  it("prefers $VISUAL", async () => {
    expect(await edit("x", "false", { VISUAL: "true" })).toBe("x");
    expect(await edit("x", "true", { VISUAL: " " })).toBe("x");
  });

  it.each([
    ["fails", { EDITOR: "exit 3; true" }, 'the editor "exit 3; true" ended with 3'],
    ["does not exist", { EDITOR: "no-such-editor" }, 'the editor "no-such-editor" was not found'],
    [
      "is killed",
      { EDITOR: "kill -9 $$; true" },
      'the editor "kill -9 $$; true" was ended by SIGKILL',
    ],
  ])("tells in a line when the editor %s", async (_, env, message) => {
    const failure = await edit("x", "", env).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(FramecatError);
    expect((failure as FramecatError).message).toBe(message);
    expect(existsSync(folder) && readdirSync(folder)).toEqual([]);
  });
});
