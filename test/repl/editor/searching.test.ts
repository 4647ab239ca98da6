import { describe, expect, it } from "vitest";
import { testEditor } from "../../helpers/editor.ts";

const entries = () => ["ping one", "bye", "ping two"];
const searching = (keys: string) => {
  const editor = testEditor({ entries });
  const effect = editor.keys(keys);
  return { editor, effect, scene: editor.scene("› ") };
};

describe("Ctrl-R", () => {
  it("shows what it finds under a prompt of its own", () => {
    expect(searching("C-r pi").scene).toEqual({
      prompt: "search “pi” › ",
      text: "ping two",
      cursor: 0,
      match: { from: 0, to: 2 },
    });
  });

  it("shows what is typed until it finds something, and tells that there is nothing", () => {
    expect(searching("draft C-r").scene).toMatchObject({ prompt: "search “” › ", text: "draft" });
    const failed = searching("draft C-r zz").scene;
    expect(failed).toMatchObject({ prompt: "not found “zz” › ", text: "draft", cursor: 5 });
    expect(failed.match).toBeUndefined();
  });

  it.each([
    ["again finds older ones", "C-r ping C-r", "ping one"],
    ["Ctrl-S finds newer ones", "C-r ping C-r C-s", "ping two"],
    ["Backspace takes back a key", "C-r ping C-r Backspace", "ping two"],
    ["without a query it is the last one", "C-r one Escape C-c C-r C-r", "ping one"],
    ["without any query there is nothing", "C-r C-r", ""],
  ])("%s", (_, keys, text) => expect(searching(keys).scene.text).toBe(text));

  it("takes a paste for its query", () => {
    const { editor } = searching("C-r");
    editor.press({ type: "paste", text: "one" });
    expect(editor.scene("› ").text).toBe("ping one");
    editor.press({ type: "paste", text: "日本".repeat(500_000) });
    expect(editor.scene("› ").prompt.length).toBeLessThan(300);
  });
});

describe("a search ends", () => {
  it("with Enter, which submits", () => {
    const { editor, effect } = searching("C-r one Enter");
    expect(effect).toEqual({ type: "submit", text: "ping one" });
    expect(editor.text).toBe("");
  });

  it.each([
    ["with Escape, to be edited where it was found", "C-r two Escape", "ping |two"],
    ["with any other key, which is done", "C-r two C-e", "ping two|"],
    ["with an arrow up, from what was found", "C-r two Up", "bye|"],
    ["with Ctrl-G, as if it had not been", "draft C-r two C-g", "draft|"],
    ["with Ctrl-C, as if it had not been", "draft C-r two C-c", "draft|"],
    ["with Escape and nothing found", "draft C-r zz Escape", "draft|"],
    [
      "and what was typed is still the newest entry",
      "draft C-r one Escape PageDown PageDown PageDown",
      "draft|",
    ],
  ])("%s", (_, keys, marked) => {
    const { editor } = searching(keys);
    expect(editor.scene("› ").prompt).toBe("› ");
    expect(editor.marked()).toBe(marked);
  });
});
