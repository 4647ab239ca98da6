import { describe, expect, it } from "vitest";
import { htmlLines, isHtml } from "../../src/render/html-text.ts";

describe("what is a web page", () => {
  it.each([
    ["text/html", "", true],
    ["Text/HTML; charset=utf-8", "", true],
    ["application/xhtml+xml", "", true],
    ["text/plain", "no", false],
    [undefined, "\n<!DOCTYPE html>", true],
    [undefined, "<html lang=en>", true],
    [undefined, "<h1>no</h1>", false],
    ["text/htmlx", "x", false],
    [undefined, "", false],
  ])("%s %j: %s", (type, body, expected) => expect(isHtml(type, body)).toBe(expected));
});

describe("the text of a web page", () => {
  it("is its title and its blocks", () => {
    const page = `<!doctype html>
      <html><head><title>502 Bad\n Gateway</title><style>p { color: red }</style>
      <script type="a">document.write("<p>no</p>")</script></head>
      <body><!-- not <b>seen</b> --><center><h1>502 Bad Gateway</h1></center>
      <hr><p>The <b>server</b> is
      a&nbsp;teapot &lt;&#x26;&#38;&copy;&gt;.</p>nginx</body></html>`;
    expect(htmlLines(page)).toEqual(["502 Bad Gateway", "The server is a teapot <&&©>.", "nginx"]);
  });

  it.each([
    ["<title>only", ["only"]],
    ["<p>a<p>b", ["a", "b"]],
    ["a < b", ["a < b"]],
    ["a<br/>b", ["a", "b"]],
    ["<script>never ends", []],
    ["<!-- never ends", []],
    ["&unknown; &#1114112; &constructor;", ["&unknown; &#1114112; &constructor;"]],
    ["", []],
  ])("%j", (page, lines) => expect(htmlLines(page)).toEqual(lines));

  it.each(["<script ", "<!--", "<title>", "<", "&#1", "</", "<a "])(
    "of %j and again takes no longer than it is",
    (piece) => {
      const lines = htmlLines(piece.repeat(100_000));
      expect(lines.join("").length).toBeLessThanOrEqual(8 * 1024);
    },
  );
});
