import { expect, it } from "vitest";
import { loadPageAssets } from "../src/page-assets.ts";

it("page assets are the script and the style sheet of uPlot", async () => {
  const { uplotScript, uplotStyle } = await loadPageAssets();
  expect(uplotScript).toMatch(/^\/\*! https:\/\/github\.com\/leeoniya\/uPlot/);
  expect(uplotScript).toMatch(/var uPlot=/);
  expect(uplotStyle).toMatch(/^\.uplot,/);
});
