import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { PageAssets } from "./render/page/page.ts";

/** Reads what a report as a page is made with, from the package of uPlot. */
export async function loadPageAssets(): Promise<PageAssets> {
  const { resolve } = createRequire(import.meta.url);
  const read = (name: string) => readFile(resolve(`uplot/dist/${name}`), "utf8");
  const [uplotScript, uplotStyle] = await Promise.all([
    read("uPlot.iife.min.js"),
    read("uPlot.min.css"),
  ]);
  return { uplotScript, uplotStyle };
}
