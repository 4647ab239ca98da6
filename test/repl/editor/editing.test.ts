import { expect, it } from "vitest";
import { createEditing, submit } from "../../../src/repl/editor/editing.ts";

it("submits the line and begins an empty one, which nothing can be undone in", () => {
  const editing = createEditing({ entries: () => ["before"] });
  editing.buffer.insert("one\ntwo");
  expect(submit(editing)).toEqual({ type: "submit", text: "one\ntwo" });
  editing.buffer.undo();
  expect(editing.buffer.line).toEqual({ text: "", cursor: 0 });
});

it("forgets what was changed in the history", () => {
  const editing = createEditing({ entries: () => ["before"] });
  editing.recall.go(-1, "draft");
  submit(editing);
  expect(editing.recall.go(-1, "")).toBe("before");
  expect(editing.recall.go(1, "before")).toBe("");
});
