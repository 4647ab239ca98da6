import { expect, it } from "vitest";
import { type Plot, plotFigure, type ValueAxis } from "../../../src/render/page/plot.ts";

function plot(scale: ValueAxis["scale"]): Plot {
  const x = { label: "time", unit: "seconds", log: false, values: [1], min: 0, max: 2 } as const;
  const axes = [{ unit: "ms", scale }] as const;
  return { id: "one", title: "a < b", note: "read & see", x, axes, series: [] };
}

it("a figure has the name, the note and the place of a plot", () => {
  const { markup } = plotFigure(plot("linear"));
  expect(markup).toContain('<figure class="plot" data-plot="one">');
  expect(markup).toContain("<h3>a &lt; b</h3><p>read &amp; see</p></figcaption>");
  expect(markup).toContain('<div class="drawing" role="img" aria-label="a &lt; b"></div>');
});

it.each([
  ["linear", undefined],
  ["switch-linear", "false"],
  ["switch-log", "true"],
] as const)("a %s axis has a button pressed: %s", (scale, pressed) => {
  const { markup } = plotFigure(plot(scale));
  expect(/aria-pressed="(\w+)"/.exec(markup)?.[1]).toBe(pressed);
});
