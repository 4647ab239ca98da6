import { expect, it } from "vitest";
import { type Buffer, createBuffer } from "../../../src/repl/editor/buffer.ts";
import {
  blankLeft,
  lineEnd,
  lineStart,
  previousGrapheme,
  textStart,
  wordLeft,
  wordRight,
} from "../../../src/repl/editor/line.ts";

function bufferOf(text: string): Buffer {
  const buffer = createBuffer();
  for (const char of text) buffer.insert(char);
  return buffer;
}

function shown({ line: { text, cursor } }: Buffer): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

it("inserts where the cursor is, and erases on either side of it", () => {
  const buffer = bufferOf("held");
  buffer.move(previousGrapheme);
  buffer.insert("lo worl");
  expect(shown(buffer)).toBe("hello worl|d");
  buffer.erase(wordLeft);
  buffer.erase(lineEnd);
  expect(shown(buffer)).toBe("hello |");
});

it("yanks what was killed in a row as one", () => {
  const buffer = bufferOf("one two three");
  buffer.kill(blankLeft);
  buffer.kill(blankLeft);
  expect(shown(buffer)).toBe("one |");
  buffer.move(textStart);
  buffer.yank();
  expect(shown(buffer)).toBe("two three|one ");
});

it("joins kills on both sides, and not over a motion", () => {
  const buffer = bufferOf("a b c");
  buffer.move(wordLeft);
  buffer.move(wordLeft);
  buffer.kill(wordRight);
  buffer.kill(lineStart);
  buffer.yank();
  expect(shown(buffer)).toBe("a b| c");
  buffer.move(lineEnd);
  buffer.kill(blankLeft);
  buffer.yank();
  expect(shown(buffer)).toBe("a b c|");
});

it("keeps the kill before where nothing was killed", () => {
  const buffer = bufferOf("a b");
  buffer.kill(blankLeft);
  buffer.kill(lineEnd);
  buffer.kill(blankLeft);
  buffer.yank();
  expect(shown(buffer)).toBe("a b|");
});

it("rotates only what was just yanked", () => {
  const buffer = bufferOf("one two");
  buffer.kill(wordLeft);
  buffer.move(lineEnd);
  buffer.kill(wordLeft);
  buffer.yank();
  buffer.yankOlder();
  expect(shown(buffer)).toBe("two|");
  buffer.yankOlder();
  expect(shown(buffer)).toBe("one |");
  buffer.insert("x");
  buffer.yankOlder();
  expect(shown(buffer)).toBe("one x|");
});

it("has nothing to yank before a kill", () => {
  const buffer = bufferOf("a");
  buffer.yank();
  buffer.yankOlder();
  expect(shown(buffer)).toBe("a|");
});

it.each([
  ["at the end", "ab", 0, "ba|"],
  ["inside", "abc", 1, "acb|"],
  ["of one", "a", 0, "a|"],
  ["of none", "", 0, "|"],
  ["of emoji", "a😀", 0, "😀a|"],
])("transposes %s", (_, text, back, after) => {
  const buffer = bufferOf(text);
  for (let i = 0; i < back; i++) buffer.move(previousGrapheme);
  buffer.transpose();
  expect(shown(buffer)).toBe(after);
});

it("undoes everything, with the cursor where it was", () => {
  const buffer = bufferOf("one two");
  buffer.kill(wordLeft);
  buffer.become("from the history");
  buffer.replaceFrom(9, "here");
  expect(shown(buffer)).toBe("from the here|");
  buffer.undo();
  expect(shown(buffer)).toBe("from the history|");
  buffer.undo();
  expect(shown(buffer)).toBe("one |");
  buffer.undo();
  expect(shown(buffer)).toBe("one two|");
  buffer.undo();
  buffer.undo();
  buffer.undo();
  expect(shown(buffer)).toBe("|");
});

it("clears without a way back, and keeps what was killed", () => {
  const buffer = bufferOf("one");
  buffer.kill(wordLeft);
  buffer.clear();
  buffer.undo();
  expect(shown(buffer)).toBe("|");
  buffer.yank();
  expect(shown(buffer)).toBe("one|");
});
