import { describe, expect, it } from "vitest";
import { testEditor } from "../../helpers/editor.ts";

describe("keys", () => {
  it.each([
    ["back and forth", "abc C-b C-b C-f x", "abx|c"],
    ["arrows", "abc Left Left Right x", "abx|c"],
    ["start and end", "abc C-a x C-e y", "xabcy|"],
    ["Home and End", "abc Home x End y", "xabcy|"],
    ["words with Alt", "one_two M-b M-b M-f", "one| two"],
    ["words with Ctrl and arrows", "one_two C-Left C-Left C-Right", "one| two"],
    ["words with Alt and arrows", "one_two M-Left M-Left M-Right", "one| two"],
    ["Backspace and Ctrl-H", "abcd Backspace C-h", "ab|"],
    ["Delete and Ctrl-D", "abcd C-a Delete C-d", "|cd"],
    ["Backspace over an emoji of many", "a👨\u200d👩\u200d👧 Backspace", "a|"],
    ["kill to the end", "abc C-a C-f C-k", "a|"],
    ["kill to the start", "abc C-b C-u", "|c"],
    ["kill a word back, by blanks", "one_two-three C-w", "one |"],
    ["kill a word back", "one_two-three M-Backspace", "one two-|"],
    ["kill a word on", "one_two C-a M-d", "| two"],
    ["kill all", "one_two C-b C-x Backspace", "|o"],
    ["yank", "one_two C-w C-a C-y", "two|one "],
    ["yank an older one", "one_two C-w x C-w C-y M-y", "one two|"],
    ["transpose", "ab C-t", "ba|"],
    ["undo", "one_two C-w C-_", "one two|"],
    ["undo with Ctrl-X Ctrl-U", "one_two C-w C-x C-u", "one two|"],
    ["a newline", "a C-j b", "a\nb|"],
    ["a newline with Alt-Enter", "a M-Enter b", "a\nb|"],
    ["a newline with Shift-Enter", "a S-Enter b", "a\nb|"],
    ["start and end of one of many lines", "a C-j bc C-a x C-e y", "a\nxbcy|"],
    ["start and end of all lines", "a C-j b C-Home x C-End y", "xa\nby|"],
    ["kill to the end over a newline", "a C-j b Up C-e C-k", "a|b"],
    ["kill to the start over a newline", "a C-j b C-a C-u", "a|b"],
    ["up and down in many lines", "abc C-j def Up x Down y", "abcx\ndefy|"],
    ["Ctrl-P and Ctrl-N in many lines", "abc C-j def C-p x C-n y", "abcx\ndefy|"],
    [
      "the next key as its character",
      "a C-v Tab C-v C-a C-v Escape C-q Enter b",
      "a\t\x01\x1b\nb|",
    ],
    ["a key that means nothing", "ab C-] M-z Escape S-Tab", "ab|"],
    ["two keys that mean nothing together", "ab C-x C-a c", "abc|"],
    ["Escape gives up the first of two", "ab C-x Escape C-a c", "c|ab"],
    ["Ctrl-C gives up the line", "ab C-c", "|"],
    ["undo gives it back", "ab C-c C-_", "ab|"],
  ])("%s", (_, keys, marked) => {
    const editor = testEditor();
    expect(editor.keys(keys)).toBeUndefined();
    expect(editor.marked()).toBe(marked);
  });

  it.each([
    ["Enter", "hi Enter", { type: "submit", text: "hi" }],
    ["Enter on nothing", "Enter", { type: "submit", text: "" }],
    ["Ctrl-C on nothing", "C-c", { type: "interrupt" }],
    ["Ctrl-C twice", "ab C-c C-c", { type: "interrupt" }],
    ["Ctrl-D on nothing", "C-d", { type: "end" }],
    ["Ctrl-Z", "ab C-z", { type: "suspend" }],
    ["Ctrl-L", "ab C-l", { type: "clear-screen" }],
    ["Ctrl-X Ctrl-E", "ab C-x C-e", { type: "edit" }],
  ])("%s asks", (_, keys, effect) => expect(testEditor().keys(keys)).toEqual(effect));
});

describe("the history", () => {
  const entries = () => ["one", "two\nlines", "three"];

  it.each([
    ["up", "Up", "three|"],
    ["up and up again", "Up Up", "two\nlines|"],
    ["through an entry of lines", "Up Up Up Up", "one|"],
    ["by Ctrl-P and Ctrl-N", "C-p C-p C-n", "three|"],
    ["past lines by PageUp", "PageUp PageUp PageUp PageDown", "two\nlines|"],
    ["to its ends", "M-< x M->", "|"],
    ["back to what is typed", "draft Up Up PageDown PageDown", "draft|"],
    ["back to an entry that was changed", "Up x Up PageDown", "threex|"],
    ["undone", "draft Up C-_", "draft|"],
  ])("%s", (_, keys, marked) => {
    const editor = testEditor({ entries });
    editor.keys(keys);
    expect(editor.marked()).toBe(marked);
  });

  it("begins at its end again after a line went out", () => {
    const editor = testEditor({ entries });
    editor.keys("Up Up Enter Up");
    expect(editor.marked()).toBe("three|");
  });
});

describe("Tab", () => {
  const words = ["/ping", "/state", "/stats", "/sub"];
  const complete = (before: string) => ({
    from: before.lastIndexOf(" ") + 1,
    candidates: words.filter((word) => word.startsWith(before.slice(before.lastIndexOf(" ") + 1))),
  });

  it.each([
    ["puts in the one that fits", "/p Tab", "/ping|"],
    ["puts in what all that fit begin with", "/st Tab", "/stat|"],
    ["keeps what is after the cursor", "/p_x Left Left Tab", "/ping| x"],
    ["keeps what is before the word", "a_/p Tab", "a /ping|"],
    ["does nothing where none fits", "/x Tab Tab", "/x|"],
    ["does nothing where all is there", "/ping Tab Tab", "/ping|"],
  ])("%s", (_, keys, marked) => {
    const editor = testEditor({ complete });
    expect(editor.keys(keys)).toBeUndefined();
    expect(editor.marked()).toBe(marked);
  });

  it("lists candidates the second time", () => {
    const editor = testEditor({ complete });
    expect(editor.keys("/st Tab Tab")).toEqual({ type: "list", candidates: ["/state", "/stats"] });
    expect(editor.keys("Left Right Tab")).toBeUndefined();
    expect(editor.keys("Tab")).toMatchObject({ type: "list" });
  });

  it("does nothing without anything to complete from", () => {
    expect(testEditor().keys("/s Tab Tab")).toBeUndefined();
    expect(testEditor({ complete: () => undefined }).keys("/s Tab Tab")).toBeUndefined();
  });
});
