import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blankLeft,
  type Line,
  lineAbove,
  lineBelow,
  lineEnd,
  lineStart,
  type Motion,
  nextGrapheme,
  previousGrapheme,
  replace,
  revert,
  textEnd,
  textStart,
  wordLeft,
  wordRight,
} from "../../../src/repl/editor/line.ts";
import { graphemes } from "../../../src/width.ts";

const FAMILY = "👨\u200d👩\u200d👧";

/** A line written with a bar at the cursor. */
function lineOf(barred: string): Line {
  const cursor = barred.indexOf("|");
  return { text: barred.replace("|", ""), cursor };
}

function marked({ text }: Line, cursor: number): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe("motions", () => {
  const table: readonly (readonly [name: string, motion: Motion, from: string, to: string])[] = [
    ["forward", nextGrapheme, "|ab", "a|b"],
    ["forward over an emoji of many", nextGrapheme, `|${FAMILY}x`, `${FAMILY}|x`],
    ["forward over marks", nextGrapheme, "|e\u0301\u0302x", "e\u0301\u0302|x"],
    ["forward over a newline", nextGrapheme, "a|\nb", "a\n|b"],
    ["forward at the end", nextGrapheme, "ab|", "ab|"],
    ["back", previousGrapheme, "ab|", "a|b"],
    ["back over an emoji of many", previousGrapheme, `x${FAMILY}|`, `x|${FAMILY}`],
    [
      "back over one flag of many",
      previousGrapheme,
      `${"🇩🇪".repeat(99)}|🇫🇷`,
      `${"🇩🇪".repeat(98)}|🇩🇪🇫🇷`,
    ],
    [
      "back over very many marks",
      previousGrapheme,
      `ae${"\u0301".repeat(500)}|`,
      `a|e${"\u0301".repeat(500)}`,
    ],
    [
      "forward over very many marks",
      nextGrapheme,
      `|e${"\u0301".repeat(500)}a`,
      `e${"\u0301".repeat(500)}|a`,
    ],
    ["back at the start", previousGrapheme, "|ab", "|ab"],
    ["a word on", wordRight, "a|b, cd ef", "ab|, cd ef"],
    ["a word on, over what is between", wordRight, "ab|, cd ef", "ab, cd| ef"],
    ["a word on in other scripts", wordRight, "|größe_1 x", "größe_1| x"],
    ["a word back", wordLeft, "ab cd.|", "ab |cd."],
    ["a word back over surrogates", wordLeft, "ab 𝒳𝒴|", "ab |𝒳𝒴"],
    ["a word back over lines", wordLeft, "ab\n|cd", "|ab\ncd"],
    ["back to a blank", blankLeft, "ab c.d/e |", "ab |c.d/e "],
    ["start of the line", lineStart, "ab\ncd|e", "ab\n|cde"],
    ["start of the first line", lineStart, "ab|", "|ab"],
    ["start of the text from its start", lineStart, "|\na", "|\na"],
    ["end of the line", lineEnd, "a|b\ncd", "ab|\ncd"],
    ["end of the last line", lineEnd, "ab\nc|d", "ab\ncd|"],
    ["start of the text", textStart, "ab\nc|d", "|ab\ncd"],
    ["end of the text", textEnd, "a|b\ncd", "ab\ncd|"],
  ];
  it.each(table)("%s", (_, motion, from, to) => {
    const line = lineOf(from);
    expect(marked(line, motion(line))).toBe(to);
  });

  it.each([
    ["up, at the same place", lineAbove, "abc\nde|f", "ab|c\ndef"],
    ["up to a shorter line", lineAbove, "a\nde|f", "a|\ndef"],
    ["up by graphemes, not units", lineAbove, "😀bc\nde|f", "😀b|c\ndef"],
    ["up from the first line", lineAbove, "a|b\nc", undefined],
    ["down", lineBelow, "a|bc\ndef", "abc\nd|ef"],
    ["down to a shorter line", lineBelow, "abc|\nd\ne", "abc\nd|\ne"],
    ["down over an empty line", lineBelow, "abc|\n\ne", "abc\n|\ne"],
    ["down from the last line", lineBelow, "a\nb|c", undefined],
  ] as const)("%s", (_, motion, from, to) => {
    const line = lineOf(from);
    const cursor = motion(line);
    expect(cursor === undefined ? undefined : marked(line, cursor)).toBe(to);
  });

  it("pass through every grapheme, forth and back", () => {
    const unit = fc.constantFrom("a", " ", "\n", "日", "😀", FAMILY, "e\u0301", "🇩🇪", "क्ष", "\t");
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = units.join("");
        const ends = graphemes(text).reduce<number[]>(
          (all, grapheme) => [...all, (all.at(-1) ?? 0) + grapheme.length],
          [0],
        );
        const forth = [0];
        while (forth.at(-1)! < text.length)
          forth.push(nextGrapheme({ text, cursor: forth.at(-1)! }));
        const back = [text.length];
        while (back[0]! > 0) back.unshift(previousGrapheme({ text, cursor: back[0]! }));
        expect(forth).toEqual(ends);
        expect(back).toEqual(ends);
      }),
    );
  });
});

describe("replace", () => {
  it("puts the cursor after what is new, and can be reverted", () => {
    const { line, edit } = replace(lineOf("hello| world"), 0, 5, "bye");
    expect(marked(line, line.cursor)).toBe("bye| world");
    expect(revert(line, edit)).toEqual(lineOf("hello| world"));
  });
});
