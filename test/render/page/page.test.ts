import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadPageAssets } from "../../../src/page-assets.ts";
import { markup } from "../../../src/render/page/markup.ts";
import { type Page, renderPage } from "../../../src/render/page/page.ts";
import type { Plot } from "../../../src/render/page/plot.ts";

const assets = await loadPageAssets();

const PLOT: Plot = {
  id: "one",
  title: "One",
  x: { label: "time", unit: "seconds", log: false, values: [0, 1], min: 0, max: 1 },
  axes: [{ unit: "count", scale: "linear" }],
  series: [{ label: "</script>", color: "in", kind: "line", values: [1, 2] }],
};

function page(given: Partial<Page> = {}): Page {
  const data = { name: "x.json", value: { text: "</script><b>\u2028" } };
  const sections = [{ title: "A & B", body: markup`<p>c</p>`, plots: [PLOT] }];
  return { title: "t <1>", head: markup`<h1>h</h1>`, sections, data, ...given };
}

function contents(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, text]) => text ?? "");
}

describe("a page", () => {
  const html = renderPage(page(), assets);

  it("has its title, its head, its sections and their plots", () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain("<title>t &lt;1&gt;</title>");
    expect(html).toContain("<header>\n<h1>h</h1>\n</header>");
    expect(html).toContain("<h2>A &amp; B</h2>\n<p>c</p>");
    expect(html).toContain('data-plot="one"');
  });

  it("holds its data, and what to draw, as JSON that ends no element", () => {
    const json = contents(html, /<script type="application\/json"[^>]*>(.*?)<\/script>/gs);
    expect(json.map((text) => JSON.parse(text) as unknown)).toEqual([page().data.value, [PLOT]]);
  });

  it("allows by its policy just the style and the scripts that stand in it", () => {
    const [policy = ""] = contents(html, /Content-Security-Policy" content="([^"]*)"/g);
    const hashes = contents(html, /<(?:style|script)>(.*?)<\/(?:style|script)>/gs).map(
      (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
    );
    const [style, ...scripts] = hashes;
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${scripts.join(" ")}`,
      `style-src ${style}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(scripts).toHaveLength(2);
    expect(html).not.toMatch(/ style="| on\w+="/);
  });

  it("takes script and style with any line ends, and none that ends its element", () => {
    const odd = { uplotScript: "var a = '</script><!--';\r\nvar b;", uplotStyle: "a{}\r\n" };
    const text = renderPage(page({ sections: [] }), odd);
    expect(text).not.toContain("\r");
    expect(text).toContain(
      String.raw`<script>var a = '\x3c/script>\x3c!--';` + "\nvar b;</script>",
    );
  });
});
