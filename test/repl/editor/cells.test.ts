import { describe, expect, it } from "vitest";
import { cellOf, shownText } from "../../../src/repl/editor/cells.ts";
import { graphemes } from "../../../src/width.ts";

describe("cellOf", () => {
  it.each([
    ["a letter", "a", "a", 1],
    ["a letter with a mark", "e\u0301", "e\u0301", 1],
    ["a wide character", "日", "日", 2],
    ["an emoji of many", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", 2],
    ["a flag", "🇩🇪", "🇩🇪", 2],
    ["a flag by tags", "🏴\u{e0067}\u{e0062}\u{e007f}", "🏴\u{e0067}\u{e0062}\u{e007f}", 2],
    ["ESC", "\u001b", String.raw`\x1b`, 4],
    ["DEL", "\u007f", String.raw`\x7f`, 4],
    ["C1", "\u009b", String.raw`\u009b`, 6],
    ["carriage return", "\r", String.raw`\r`, 2],
    ["a mark of direction", "\u202e", String.raw`\u202e`, 6],
    ["a zero-width space", "\u200b", String.raw`\u200b`, 6],
    ["a line separator", "\u2028", String.raw`\u2028`, 6],
    ["a lone surrogate", "\ud800", String.raw`\ud800`, 6],
    ["a tag alone", "\u{e0001}", String.raw`\u{e0001}`, 9],
    ["a joiner after ASCII", "a\u200d", String.raw`a\u200d`, 7],
    ["a mark alone", "\u0301", "◌\u0301", 1],
  ])("%s", (_, grapheme, shown, width) => {
    expect(graphemes(grapheme)).toHaveLength(1);
    expect(cellOf(grapheme, 0)).toMatchObject({ shown, width });
  });

  it.each([
    [0, 4],
    [1, 3],
    [3, 1],
    [4, 4],
  ])("a tab at column %d takes %d", (column, width) => {
    expect(cellOf("\t", column)).toMatchObject({ shown: " ".repeat(width), width });
  });

  it("says about which widths terminals differ", () => {
    const doubtful = (text: string) => graphemes(text).filter((char) => cellOf(char, 0).doubtful);
    expect(doubtful("aé日한я1")).toEqual([]);
    expect(doubtful("→e\u0301❤\ufe0f🇩🇪क्ष")).toEqual(["→", "e\u0301", "❤\ufe0f", "🇩🇪", "क्ष"]);
  });
});

it("shows text that is not edited on one line, with nothing hidden", () => {
  expect(shownText("plain ~")).toBe("plain ~");
  expect(shownText("日\ta\n\u001b[2J\u202e")).toBe(String.raw`日\ta\n\x1b[2J\u202e`);
});
