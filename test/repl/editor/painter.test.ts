import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPainter, type Frame, type PaintStyles } from "../../../src/repl/editor/painter.ts";
import { displayWidth, graphemes } from "../../../src/width.ts";

const PLAIN: PaintStyles = { prompt: (text) => text, dim: (text) => text, match: (text) => text };
const MARKED: PaintStyles = {
  prompt: (text) => `P(${text})`,
  dim: (text) => `D(${text})`,
  match: (text) => `M(${text})`,
};
const SIZE = { columns: 12, rows: 24 };

/** A scene written with a bar at the cursor, after the prompt `› `. */
function sceneOf(marked: string, prompt = "› ") {
  const cursor = marked.indexOf("|");
  return { prompt, text: marked.replace("|", ""), cursor };
}

/** The rows with a bar where the cursor stands, and places that are put right left out. */
function barred({ rows, cursor }: Frame): string[] {
  return rows.map(({ shown }, i) => {
    const text = shown.replace(/\u001b\[\d+G/g, "");
    if (i !== cursor.row) return text;
    let before = "";
    for (const grapheme of graphemes(text)) {
      if (displayWidth(before) >= cursor.column) break;
      before += grapheme;
    }
    return `${before}|${text.slice(before.length)}`;
  });
}

const paint = (marked: string, size = SIZE, prompt = "› ") =>
  barred(createPainter(PLAIN).paint(sceneOf(marked, prompt), size));

describe("a scene in rows", () => {
  it.each<[what: string, marked: string, rows: string[]]>([
    ["nothing", "|", ["› |"]],
    ["one row", "hel|lo", ["› hel|lo"]],
    ["a full row with the cursor after it", "123456789|", ["› 123456789|"]],
    ["a row that goes on", "123456789a|b", ["› 123456789", "  a|b"]],
    ["the cursor where a row goes on", "123456789|ab", ["› 123456789", "  |ab"]],
    ["lines", "one\ntw|o\n", ["› one", "│ tw|o", "│ "]],
    ["the cursor on a newline", "one|\ntwo", ["› one|", "│ two"]],
    ["a line that goes on", "a\n123456789b|c", ["› a", "│ 123456789", "  b|c"]],
    ["wide characters", "日本|語", ["› 日本|語"]],
    ["a tab", "a\tb|", ["› a   b|"]],
    ["an escape", "\u001b[2J|", [String.raw`› \x1b[2J|`]],
  ])("%s", (_, marked, rows) => expect(paint(marked)).toEqual(rows));

  it("cuts a prompt that leaves no room, and does not indent after it", () => {
    expect(paint("abcdef|", SIZE, "a long prompt › ")).toEqual(["a long …abc", "  def|"]);
    expect(paint("abcdefghijk|", { columns: 8, rows: 24 })).toEqual(["› abcde", "fghijk|"]);
  });

  it("escapes a prompt", () => {
    expect(paint("|", { columns: 80, rows: 24 }, "\u001b[2J› ")).toEqual([String.raw`\x1b[2J› |`]);
  });

  it("puts in place what follows a width that terminals may see otherwise", () => {
    const { rows } = createPainter(PLAIN).paint(sceneOf("a❤\ufe0fb|"), SIZE);
    expect(rows).toEqual([{ shown: "› a❤\ufe0f\u001b[6Gb", width: 6 }]);
  });

  it("styles the prompt, signs, escapes, and what was found", () => {
    const painter = createPainter(MARKED);
    const scene = { ...sceneOf("a\u001bfind\n日me|"), match: { from: 2, to: 8 } };
    expect(painter.paint(scene, { columns: 40, rows: 24 }).rows).toEqual([
      { shown: String.raw`P(› )aD(\x1b)M(find)`, width: 11 },
      { shown: "D(│ )M(日)me", width: 6 },
    ]);
  });
});

describe("a text higher than its window", () => {
  const size = { columns: 20, rows: 6 };
  const lines = ["a", "b", "c", "d", "e"];
  const at = (line: number) => ({
    prompt: "› ",
    text: lines.join("\n"),
    cursor: line * 2,
  });

  it("scrolls no further than the cursor needs, with signs where it goes on", () => {
    const painter = createPainter(PLAIN);
    const shown = (line: number) => barred(painter.paint(at(line), size));
    expect(shown(0)).toEqual(["› |a", "│ b", "↓ c"]);
    expect(shown(2)).toEqual(["› a", "│ b", "↓ |c"]);
    expect(shown(3)).toEqual(["↑ b", "│ c", "↓ |d"]);
    expect(shown(4)).toEqual(["↑ c", "│ d", "│ |e"]);
    expect(shown(3)).toEqual(["↑ c", "│ |d", "│ e"]);
    expect(shown(1)).toEqual(["↑ |b", "│ c", "↓ d"]);
  });

  it("comes down when the text gets shorter", () => {
    const painter = createPainter(PLAIN);
    painter.paint(at(4), size);
    expect(barred(painter.paint(sceneOf("a\nb|"), size))).toEqual(["› a", "│ b|"]);
  });

  it("has one row on a screen of two", () => {
    expect(barred(createPainter(PLAIN).paint(at(2), { columns: 20, rows: 2 }))).toEqual(["↕ |c"]);
  });

  it("stays with its beginning when it is edited no more, and tells how much is left out", () => {
    const painter = createPainter(PLAIN);
    painter.paint(at(4), size);
    const { rows } = painter.still(at(4), size);
    expect(rows.map(({ shown }) => shown)).toEqual(["› a", "│ b", "↓ … 6 more characters"]);
    const short = painter.still(sceneOf("a\nb|"), size);
    expect(short.rows.map(({ shown }) => shown)).toEqual(["› a", "│ b"]);
  });
});

it("never makes a row wider than the screen, nor more rows than half of it", () => {
  const unit = fc.constantFrom("a", "日", "😀", "e\u0301", "\t", "\n", "\u202e", "word ");
  const scene = fc.tuple(fc.array(unit, { maxLength: 200 }), fc.nat());
  const size = fc.record({
    columns: fc.integer({ min: 12, max: 40 }),
    rows: fc.integer({ min: 2, max: 20 }),
  });
  fc.assert(
    fc.property(scene, size, ([units, at], within) => {
      const text = units.join("");
      const cursor = at % (text.length + 1);
      const frame = createPainter(PLAIN).paint({ prompt: "› ", text, cursor }, within);
      expect(frame.rows.length).toBeLessThanOrEqual(Math.max(3, within.rows / 2));
      expect(frame.rows.length).toBeLessThan(Math.max(within.rows, 2));
      expect(frame.cursor.row).toBeLessThan(frame.rows.length);
      expect(frame.cursor.column).toBeLessThan(within.columns);
      for (const { shown, width } of frame.rows) {
        expect(displayWidth(shown.replace(/\u001b\[\d+G/g, ""))).toBe(width);
        expect(width).toBeLessThan(within.columns);
      }
    }),
  );
});

it("paints the end of a megabyte, and a key more in it, without looking at all of it again", () => {
  const painter = createPainter(PLAIN);
  const text = "日本語テキスト".repeat(150_000);
  const end = { prompt: "› ", text, cursor: text.length };
  expect(painter.paint(end, SIZE).rows).toHaveLength(12);
  const longer = { prompt: "› ", text: `${text}x`, cursor: text.length + 1 };
  expect(painter.paint(longer, SIZE).rows.at(-1)?.shown).toMatch(/x$/);
});
