import type { BenchResult } from "../bench/result.ts";
import type { BenchView } from "../bench/view.ts";
import { benchSections } from "./bench-sections.ts";
import { facts, verdict } from "./bench-page-words.ts";
import { type Markup, markup } from "./page/markup.ts";
import { type PageAssets, renderPage } from "./page/page.ts";
import { banner } from "./page/parts.ts";

/** A finished run as one page that needs nothing beside it. */
export function benchHtml(view: BenchView, assets: PageAssets): string {
  const { result } = view;
  const page = {
    title: `${result.url} – framecat bench`,
    head: head(view),
    sections: benchSections(view),
    data: { name: fileName(result), value: result },
  };
  return renderPage(page, assets);
}

/** The time of the run in a form that every file system takes. */
function fileName({ startedAt }: BenchResult): string {
  return `bench-${startedAt.replaceAll(/[^0-9TZ]/g, "")}.json`;
}

function head(view: BenchView): Markup {
  const { result } = view;
  const { limits, deaths } = result.client;
  const own = [...deaths.map((how) => `a worker died: ${how}`), ...result.discrepancies];
  const { tone, text } = verdict(view);
  return markup`${[
    ...(limits.length > 0 ? [banner(LIMITED, limits, "warn")] : []),
    ...(own.length > 0 ? [banner("framecat itself failed", own, "bad")] : []),
  ]}<div class="top"><span>framecat bench · ${utc(result.startedAt)}</span><button type="button" id="theme">Dark</button></div>
<h1>${result.embedded ? "embedded echo server" : result.url}</h1>
<p class="facts">${facts(result).join(" · ")}</p>
<p class="verdict ${tone}"><span>${text}</span></p>`;
}

const LIMITED = "The client was the limit: these figures are not the server’s alone";

function utc(iso: string): string {
  return iso.replace(/^(.*)T(.*?)(?:\.\d+)?Z$/, "$1 $2 UTC");
}
