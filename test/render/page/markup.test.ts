import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, markup, scriptJson, trusted } from "../../../src/render/page/markup.ts";

describe("markup", () => {
  it("escapes text, and takes markup, lists and numbers as they are", () => {
    const items = ["<b>", "&"].map((text) => markup`<li>${text}</li>`);
    const list = markup`<ul title="${'"><'}">${items}${3}${trusted("<hr>")}</ul>`;
    expect(list.markup).toBe(
      '<ul title="&quot;&gt;&lt;"><li>&lt;b&gt;</li><li>&amp;</li>3<hr></ul>',
    );
  });

  it.each([
    ["</p><script>", "&lt;/p&gt;&lt;script&gt;"],
    ['it\'s "x" & y', "it&#39;s &quot;x&quot; &amp; y"],
    ["a\u202eb\u0000", "a\\u202eb\\x00"],
    ["line\nline", "line\\nline"],
  ])("writes %j as %s", (text, escaped) => expect(escapeHtml(text)).toBe(escaped));

  it("lets no text open a tag or end an attribute", () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
  });
});

describe("JSON in a script element", () => {
  it("ends neither the element nor a line, hides nothing, and stays the same value", () => {
    const hostile = { text: "</script><!--<script>\u2028\u2029\u202e" };
    const { markup: json } = scriptJson(hostile);
    expect(json).not.toMatch(/[<\u2028\u2029\u202e]/);
    expect(JSON.parse(json)).toEqual(hostile);
  });

  it("is the same value for every value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { markup: json } = scriptJson(value);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json).not.toContain("<");
      }),
    );
  });
});
