import { expect, it } from "vitest";
import { listenPage } from "../../src/render/listen-page.ts";
import { LISTEN_PAGE_STYLE } from "../../src/render/listen-page-style.ts";
import { PAGE_STYLE } from "../../src/render/page/style.ts";

it("has no color of its own: all of them have a light and a dark form", () => {
  expect(LISTEN_PAGE_STYLE).not.toMatch(/#[\da-f]{3,8}[;\s)]|rgb|hsl/i);
  const used = [...LISTEN_PAGE_STYLE.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(10);
  for (const name of used) expect(PAGE_STYLE).toMatch(new RegExp(`${name}: light-dark\\(`));
});

it("is about elements that the page has", () => {
  const { html } = listenPage({ mode: "echo", version: "1", subprotocols: [] });
  const ids = new Set([...LISTEN_PAGE_STYLE.matchAll(/#([a-z]+)\b/g)].map(([, id]) => id));
  for (const id of ids) expect(html).toContain(`id="${id}"`);
});

it("asks for nothing from elsewhere, and ends no element", () => {
  expect(LISTEN_PAGE_STYLE).not.toMatch(/url\(|@import|</);
});
