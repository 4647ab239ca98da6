import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hasTmux, openProgram, type Terminal } from "../helpers/terminal.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/prompt.js", import.meta.url));
let screen: Terminal | undefined;
afterEach(() => screen?.close());

async function open(name: string, columns = 80): Promise<Terminal> {
  screen = openProgram(`prompt-${name}`, [PROGRAM], columns);
  await screen.shows(/^›/m);
  return screen;
}

describe.skipIf(!hasTmux)("the prompt in a terminal (skipped where tmux is not installed)", () => {
  it("keeps wide characters whole at the edge, and the cursor where it is typed", async () => {
    const terminal = await open("wide", 20);
    terminal.type("ab 日本語日本語日本語e\u0301 👍 end");
    await terminal.shows(/^› ab 日本語日本語日\n  本語e\u0301 👍 end\n/m);
    expect(terminal.cursor()).toEqual({ column: 14, row: 1 });
    terminal.key("C-a");
    terminal.key("Right");
    terminal.type("X");
    await terminal.shows(/^› aXb 日本語日本語\n  日本語e\u0301 👍 end\n/m);
    expect(terminal.cursor()).toEqual({ column: 4, row: 0 });
  });

  it("loses nothing of what is typed while lines are printed above", async () => {
    const terminal = await open("flood");
    terminal.type("/fl");
    terminal.key("Tab");
    terminal.key("Enter");
    const typed =
      "typed while frames arrive, 日本語 and on and on over the edge of the screen to here";
    for (const [part] of typed.matchAll(/.{1,25}/gu)) terminal.type(part);
    const last = await terminal.shows(/frame 500\n› .*\n {2}.*here\n/);
    expect(last).toMatch(
      /frame 498\nframe 499\nframe 500\n› typed while frames arrive, .*\n {2}.*here\n/,
    );
    terminal.key("Enter");
    expect((await terminal.shows(/→/)).replace(/(→.*)\n/, "$1")).toContain(`→ "${typed}"`);
  });

  it("takes a paste as one message, and an edit of it", async () => {
    const terminal = await open("paste");
    terminal.paste('{\n\t"a": 1\n}');
    await terminal.shows(/^› \{\n│ {5}"a": 1\n│ \}\n/m);
    terminal.key("C-x");
    terminal.key("C-e");
    await terminal.shows(/^› edited \{\n/m);
    terminal.key("Enter");
    const last = await terminal.shows(/→/);
    expect(last).toContain(String.raw`→ "edited {\n\t\"a\": 1\n}"`);
  });

  it("searches the history, completes and lists", async () => {
    const terminal = await open("search");
    terminal.key("C-r");
    terminal.type("entry");
    await terminal.shows(/^search “entry” › second entry/m);
    terminal.key("C-r");
    await terminal.shows(/^search “entry” › first entry/m);
    terminal.key("Enter");
    await terminal.shows(/^› first entry\n→ "first entry"\n›/m);
    terminal.type("/p");
    terminal.key("Tab");
    terminal.key("Tab");
    await terminal.shows(/^\/ping {2}\/pong\n› \/p\n/m);
    terminal.key("C-c");
    terminal.key("C-c");
    expect(await terminal.shows(/exit/)).toMatch(/exit 130$/m);
  });

  it("paints anew when the terminal gets narrower and wider", async () => {
    const terminal = await open("resize", 60);
    terminal.type("one");
    terminal.key("Enter");
    await terminal.shows(/→ "one"/);
    terminal.type("a line that has room on sixty columns, but not on forty");
    await terminal.shows(/not on forty/);
    terminal.resize(40);
    await terminal.shows(/^› a line that has room on sixty columns\n {2}, but not on forty\n/m);
    terminal.resize(70);
    const last = await terminal.shows(/^› a line that .* not on forty\n/m);
    expect(last).toMatch(/→ "one"\n› a line that .* not on forty\n\s*$/);
  });
});
