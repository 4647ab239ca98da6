import { clientScript } from "./client.ts";
import { type Markup, markup, scriptJson, trusted } from "./markup.ts";
import { type Plot, plotFigure } from "./plot.ts";
import { inlineText, policyOf } from "./policy.ts";
import { PAGE_STYLE } from "./style.ts";

/** A report as one page that needs nothing beside it: no network, no further file. */
export interface Page {
  readonly title: string;
  readonly head: Markup;
  readonly sections: readonly Section[];
  /** What the page was made of, to be saved under that name. */
  readonly data: { readonly name: string; readonly value: unknown };
}

export interface Section {
  readonly title?: string;
  readonly body?: Markup;
  readonly plots?: readonly Plot[];
}

/** The texts of uPlot, as its package holds them. */
export interface PageAssets {
  readonly uplotScript: string;
  readonly uplotStyle: string;
}

export function renderPage(page: Page, assets: PageAssets): string {
  const plots = page.sections.flatMap((section) => section.plots ?? []);
  const style = inlineText(`${assets.uplotStyle}\n${PAGE_STYLE}`);
  const scripts = [inlineText(assets.uplotScript), inlineText(clientScript())];
  const { markup: text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policyOf(style, scripts))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${page.title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
${page.head}
</header>
<main>
${page.sections.map(sectionMarkup)}</main>
<footer>
<p>Made by framecat. The page holds the whole result, histograms and all.</p>
<button type="button" id="copy" hidden>Copy JSON</button><button type="button" id="download">Save JSON</button>
</footer>
<script type="application/json" id="data" data-name="${page.data.name}">${scriptJson(page.data.value)}</script>
<script type="application/json" id="plots">${scriptJson(plots)}</script>
${scripts.map((script) => markup`<script>${trusted(script)}</script>\n`)}</body>
</html>
`;
  return text;
}

function sectionMarkup({ title, body, plots = [] }: Section): Markup {
  return markup`<section>
${title === undefined ? "" : markup`<h2>${title}</h2>\n`}${body ?? ""}${
    plots.length === 0 ? "" : markup`<div class="plots">\n${plots.map(plotFigure)}</div>\n`
  }</section>
`;
}
