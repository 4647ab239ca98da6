import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { field, piece, words } from "../../src/render/fields.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";

const theme = createTheme(0);
const pieces = ["one", "two", "three"].map((text) => piece(text));

describe("a field", () => {
  it.each<[number, string[]]>([
    [80, ["label        one · two · three"]],
    [30, ["label        one · two · three"]],
    [29, ["label        one · two", "             three"]],
    [1, ["label        one · two", "             three"]],
  ])("in %i columns breaks between its pieces", (columns, lines) => {
    expect(field("label", pieces, { theme, columns })).toEqual(lines);
  });

  it("keeps what joins two pieces, where it says something", () => {
    const sum = [piece("10 = 7 kept"), piece("3 lost", undefined, " + ")];
    expect(field("sum", sum, { theme, columns: 26 })).toEqual([
      "sum          10 = 7 kept",
      "             + 3 lost",
    ]);
  });

  it("makes room for a label that is longer than others", () => {
    expect(field("a label in many words:", words("one two"), { theme, columns: 27 })).toEqual([
      "a label in many words: one",
      "             two",
    ]);
  });

  it("cuts what is longer than a line", () => {
    expect(field("", [piece("x".repeat(12))], { theme, columns: 23 })).toEqual([
      `${" ".repeat(13)}${"x".repeat(10)}`,
      `${" ".repeat(13)}xx`,
    ]);
  });

  it("shows hostile text as harmless", () => {
    const lines = field("x", words("\u001b[2J a\nb"), { theme, columns: 80 });
    expect(lines).toEqual(["x            \\x1b[2J a\\nb"]);
  });

  it("colors words of one style as one, and its label dim", () => {
    const { dim, bad } = createTheme(1);
    expect(field("x", words("a b", bad), { theme: createTheme(1), columns: 80 })).toEqual([
      `${dim("x            ")}${bad("a b")}`,
    ]);
  });

  it("loses no word, and is never too wide", () => {
    const word = fc.stringMatching(/^[a-z]{1,10}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.integer({ min: 23, max: 90 }),
        (all, columns) => {
          const lines = field("label", words(all.join(" ")), { theme, columns });
          expect(lines.flatMap((line) => line.slice(13).split(" "))).toEqual(all);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
