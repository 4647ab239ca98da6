import fc from "fast-check";
import { expect, it } from "vitest";
import { EMPTY, type Line, replace } from "../../../src/repl/editor/line.ts";
import { createUndo } from "../../../src/repl/editor/undo.ts";

function typing() {
  const undo = createUndo();
  let line: Line = EMPTY;
  return {
    edit: (from: number, to: number, inserted: string) => {
      const done = replace(line, from, to, inserted);
      undo.record(done.edit, line.cursor);
      line = done.line;
      return line;
    },
    undo: () => {
      const before = undo.undo(line);
      if (before) line = before;
      return before;
    },
  };
}

it("takes back a typed word as one, and word by word", () => {
  const { edit, undo } = typing();
  for (const [at, char] of Array.from("one two").entries()) edit(at, at, char);
  expect(undo()).toEqual({ text: "one", cursor: 3 });
  expect(undo()).toEqual({ text: "", cursor: 0 });
  expect(undo()).toBeUndefined();
});

it("takes back each deletion and each insertion elsewhere by itself", () => {
  const { edit, undo } = typing();
  edit(0, 0, "paste of text");
  edit(0, 6, "");
  edit(0, 0, "x");
  edit(3, 3, "y");
  expect(undo()?.text).toBe("xof text");
  expect(undo()?.text).toBe("of text");
  expect(undo()).toEqual({ text: "paste of text", cursor: 13 });
});

it("does not count what changed nothing", () => {
  const { edit, undo } = typing();
  edit(0, 0, "a");
  edit(1, 1, "");
  expect(undo()?.text).toBe("");
});

it("comes back to the empty line from anywhere", () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 5 }), fc.string()));
  fc.assert(
    fc.property(steps, (edits) => {
      const { edit, undo } = typing();
      let { text } = EMPTY;
      for (const [at, length, inserted] of edits) {
        const from = Math.min(at, text.length);
        ({ text } = edit(from, Math.min(from + length, text.length), inserted));
      }
      let last = text;
      for (let before = undo(); before; before = undo()) last = before.text;
      expect(last).toBe("");
    }),
  );
});
