import { describe, expect, it } from "vitest";
import { markup } from "../../../src/render/page/markup.ts";
import { banner, cards, factList, sums, table } from "../../../src/render/page/parts.ts";

/** The text of markup, as a reader sees it. */
function textOf(value: { readonly markup: string }): string {
  return value.markup
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

describe("parts of a page", () => {
  it("a card has a label, a value, its unit and more", () => {
    const more = markup`<i>mean 1 ms</i>`;
    const list = cards([
      { label: "p50", value: "0.42", unit: "ms", more },
      { label: "errors", value: "<3>", tone: "bad" },
    ]);
    expect(textOf(list)).toBe("p50 0.42 ms mean 1 ms errors &lt;3&gt;");
    expect(list.markup).toContain('<dd class="value bad">&lt;3&gt;</dd>');
  });

  it("a banner tells each line", () => {
    const { markup: text } = banner("Mind", ["<a>", "b"], "warn");
    expect(text).toContain('<div class="banner warn" role="alert">');
    expect(text).toContain("<li>&lt;a&gt;</li><li>b</li>");
  });

  it("a table has heads of columns and of rows", () => {
    const { markup: text } = table({
      head: ["", "n", "why"],
      rows: [{ cells: ["<a>", "1", markup`<b>x</b>`] }, { cells: ["b", "2", "y"], part: true }],
      words: [2],
      narrow: true,
    });
    expect(text).toContain('<table class="narrow">');
    expect(text).toContain('<th scope="col" class="words">why</th>');
    expect(text).toContain(
      '<tr><th scope="row">&lt;a&gt;</th><td>1</td><td class="words"><b>x</b></td></tr>',
    );
    expect(text).toContain('<tr class="part"><th scope="row">b</th>');
  });

  it("a sum reads as an equation", () => {
    const list = sums([
      {
        title: "sent",
        total: { count: "5", label: "sent" },
        parts: [
          { count: "4", label: "answered" },
          { count: "1", label: "lost", tone: "bad" },
        ],
      },
    ]);
    expect(textOf(list)).toBe("sent 5 sent = 4 answered + 1 lost");
    expect(list.markup).toContain('<span class="term bad"><b>1</b> lost</span>');
  });

  it("facts stand in a row", () => {
    const list = factList([{ title: "client", facts: ["1 core", "<2>"] }]);
    expect(textOf(list)).toBe("client 1 core · &lt;2&gt;");
  });
});
