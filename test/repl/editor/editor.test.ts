import { expect, it } from "vitest";
import { testEditor } from "../../helpers/editor.ts";

it("has a scene with the prompt it is given", () => {
  const editor = testEditor();
  editor.keys("abc C-b");
  expect(editor.scene("(offline) › ")).toEqual({ prompt: "(offline) › ", text: "abc", cursor: 2 });
});

it("takes a paste as one insertion, whatever is in it", () => {
  const editor = testEditor();
  editor.keys("ab C-b");
  expect(editor.press({ type: "paste", text: "1\n\t2\u0003" })).toBeUndefined();
  expect(editor.marked()).toBe("a1\n\t2\u0003|b");
  editor.keys("C-_");
  expect(editor.marked()).toBe("a|b");
});

it("is given text from outside, in a search too", () => {
  const editor = testEditor({ entries: () => ["found"] });
  editor.keys("ab C-b C-r fo");
  editor.insert("X");
  expect(editor.marked()).toBe("aX|b");
  editor.keys("C-r");
  editor.become("another");
  expect(editor.marked()).toBe("another|");
  editor.keys("C-_");
  expect(editor.text).toBe("aXb");
});

it("keeps keys of two from text", () => {
  const editor = testEditor();
  editor.keys("a C-x");
  editor.keys("b C-e");
  expect(editor.keys("C-e")).toBeUndefined();
  expect(editor.marked()).toBe("ab|");
});

it("edits a megabyte key by key", () => {
  const editor = testEditor();
  editor.press({ type: "paste", text: "日本語 text ".repeat(100_000) });
  editor.keys("C-a x M-f M-b C-e y Backspace Left z C-_ C-w C-y");
  expect(editor.text).toHaveLength(900_001);
});
