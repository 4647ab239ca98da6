import { expect, it } from "vitest";
import type { Color } from "../../../src/render/page/plot.ts";
import { PAGE_STYLE } from "../../../src/render/page/style.ts";

const COLORS: Readonly<Record<Color, true>> = {
  out: true,
  in: true,
  first: true,
  second: true,
  third: true,
  quiet: true,
  bad: true,
  "bad-2": true,
  "bad-3": true,
  "bad-4": true,
};

it.each(Object.keys(COLORS))("the color %s has a light and a dark form", (name) => {
  expect(PAGE_STYLE).toMatch(new RegExp(`--${name}: light-dark\\(#\\w+, #\\w+\\);`));
});

it("the style sheet names no color that it does not define", () => {
  const used = [...PAGE_STYLE.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name);
  for (const name of used) expect(PAGE_STYLE).toContain(`${name}: `);
});

it("the style sheet asks for nothing from elsewhere, and ends no element", () => {
  expect(PAGE_STYLE).not.toMatch(/url\(|@import|</);
});
