import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellOf } from "../../../src/repl/editor/cells.ts";
import { createRows, type Row, type Rows } from "../../../src/repl/editor/rows.ts";
import { graphemes } from "../../../src/width.ts";

const WIDTHS = { first: 8, others: 10 };

function allRows(rows: Rows): Row[] {
  const all: Row[] = [];
  for (let row = rows.at(0); row; row = rows.at(all.length)) all.push(row);
  return all;
}

function rowsOf(text: string, widths = WIDTHS): Row[] {
  const rows = createRows();
  rows.set(text, widths);
  return allRows(rows);
}

const brief = (text: string) =>
  rowsOf(text).map(({ from, to, end }) => [text.slice(from, to), end]);

describe("breaking into rows", () => {
  it.each<[what: string, text: string, rows: [string, Row["end"]][]]>([
    ["nothing", "", [["", "text"]]],
    ["what fits", "hello", [["hello", "text"]]],
    ["what just fits", "12345678", [["12345678", "text"]]],
    [
      "what does not",
      "123456789",
      [
        ["12345678", "wrap"],
        ["9", "text"],
      ],
    ],
    [
      "lines",
      "a\nb",
      [
        ["a", "newline"],
        ["b", "text"],
      ],
    ],
    [
      "a newline at the end",
      "a\n",
      [
        ["a", "newline"],
        ["", "text"],
      ],
    ],
    [
      "a newline after a full row",
      "12345678\n",
      [
        ["12345678", "newline"],
        ["", "text"],
      ],
    ],
    [
      "a later row with its own width",
      "12345678abcdefghijk",
      [
        ["12345678", "wrap"],
        ["abcdefghij", "wrap"],
        ["k", "text"],
      ],
    ],
    ["wide characters, with a column left over", "1日本語", [["1日本語", "text"]]],
    ["a wide character at the edge", "12日本語", [["12日本語", "text"]]],
    [
      "a wide character over the edge",
      "123日本語",
      [
        ["123日本", "wrap"],
        ["語", "text"],
      ],
    ],
    [
      "an emoji over the edge",
      "1234567😀",
      [
        ["1234567", "wrap"],
        ["😀", "text"],
      ],
    ],
    [
      "marks at the edge, which stay with their letter",
      "1234567e\u0301x",
      [
        ["1234567e\u0301", "wrap"],
        ["x", "text"],
      ],
    ],
    [
      "very many marks",
      `1234567e${"\u0301".repeat(300)}x`,
      [
        [`1234567e${"\u0301".repeat(300)}`, "wrap"],
        ["x", "text"],
      ],
    ],
    [
      "escapes, which are not torn",
      "12345\u001b6",
      [
        ["12345", "wrap"],
        ["\u001b6", "text"],
      ],
    ],
    [
      "an escape wider than a row",
      "\u{e0001}x",
      [
        ["\u{e0001}", "wrap"],
        ["x", "text"],
      ],
    ],
    [
      "tabs",
      "\ta\tb",
      [
        ["\ta\t", "wrap"],
        ["b", "text"],
      ],
    ],
  ])("%s", (_, text, rows) => expect(brief(text)).toEqual(rows));
});

const TEXT = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "a",
        " ",
        "\n",
        "日",
        "é",
        "😀",
        "\u0301",
        "\u200d",
        "🇩🇪",
        "\t",
        "\u001b",
        "ab",
      ),
      fc.string({ minLength: 0, maxLength: 12 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

it("loses nothing, and no row is wider than there is room", () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const rows = rowsOf(text);
      expect(
        rows
          .map(({ from, to, end }) => text.slice(from, to) + (end === "newline" ? "\n" : ""))
          .join(""),
      ).toBe(text);
      for (const [i, { from, to }] of rows.entries()) {
        const row = graphemes(text.slice(from, to));
        const width = row.reduce((sum, grapheme) => sum + cellOf(grapheme, sum).width, 0);
        if (row.length > 1)
          expect(width).toBeLessThanOrEqual(i === 0 ? WIDTHS.first : WIDTHS.others);
      }
    }),
  );
});

it("finds the row of each offset", () => {
  const rows = createRows();
  rows.set("12345678abc\nd", WIDTHS);
  const found = Array.from({ length: 14 }, (_, offset) => rows.indexOf(offset));
  expect(found).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
});

it("is the same after changes as found anew", () => {
  const change = fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 20 }), TEXT);
  fc.assert(
    fc.property(TEXT, fc.array(change, { maxLength: 5 }), fc.nat(), (first, changes, asked) => {
      const rows = createRows();
      let text = first;
      rows.set(text, WIDTHS);
      for (const [at, removed, inserted] of changes) {
        rows.indexOf(asked % (text.length + 1));
        text = text.slice(0, at) + inserted + text.slice(at + removed);
        rows.set(text, WIDTHS);
      }
      expect(allRows(rows)).toEqual(rowsOf(text));
    }),
  );
});

it("is found anew when there is more or less room", () => {
  const rows = createRows();
  rows.set("12345678", WIDTHS);
  expect(allRows(rows)).toHaveLength(1);
  rows.set("12345678", { first: 4, others: 4 });
  expect(allRows(rows)).toHaveLength(2);
});
