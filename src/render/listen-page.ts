import { describeCloseCode } from "../protocol/close-codes.ts";
import type { Headers } from "../protocol/http-head.ts";
import { LISTEN_PAGE_STYLE } from "./listen-page-style.ts";
import { listenPageScript, type PageFacts, type PageParameter } from "./listen-page-client.ts";
import { markup, scriptJson, trusted } from "./page/markup.ts";
import { inlineText, policyOf } from "./page/policy.ts";
import { PAGE_STYLE } from "./page/style.ts";

export interface ListenPage {
  /** What the server does. */
  readonly mode: string;
  readonly version: string;
  /** Which the page offers at first. */
  readonly subprotocols: readonly string[];
  /** What is added to the address that the page connects to. */
  readonly parameter?: PageParameter | undefined;
}

/** Codes that a server may close with, or a browser tell of. */
const NAMED = [...Array.from({ length: 16 }, (_, i) => 1000 + i), 3000, 3003, 3008];

/**
 * A page that talks to the server that it came from, and needs nothing else.
 * @returns the document, and the headers that keep it to that
 */
export function listenPage(page: ListenPage): { readonly html: string; readonly headers: Headers } {
  const style = inlineText(`${PAGE_STYLE}\n${LISTEN_PAGE_STYLE}`);
  const script = inlineText(listenPageScript());
  const policy = policyOf(style, [script], ["connect-src 'self'", "frame-ancestors 'none'"]);
  return {
    html: document(page, style, script),
    headers: [
      ["Content-Security-Policy", policy],
      ["Referrer-Policy", "no-referrer"],
    ],
  };
}

function factsOf({ subprotocols, parameter }: ListenPage): PageFacts {
  const names = NAMED.map((code) => [code, describeCloseCode(code).name] as const);
  const closeNames = Object.fromEntries(names);
  return { closeNames, subprotocols: subprotocols.join(", "), ...(parameter && { parameter }) };
}

function document(page: ListenPage, style: string, script: string): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${page.mode} – framecat listen</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<div class="top"><span>framecat listen · ${page.mode}</span><button type="button" id="theme">Dark</button></div>
<h1 id="address">This page needs JavaScript</h1>
<p class="verdict quiet" id="state" role="status"><span>Not connected</span></p>
</header>
<main>
<form id="connection" autocomplete="off">
<label class="wide">Path <input id="path" class="mono" spellcheck="false" value="/"></label>
<label>Subprotocols <input id="subprotocol" class="mono" spellcheck="false" placeholder="none"></label>
<button id="connect">Connect</button>
</form>
<section aria-label="What was said">
<div class="above"><p id="counts">0 sent · 0 received</p><button type="button" id="clear">Clear</button></div>
<ol id="messages" class="mono" role="log" aria-label="Messages" tabindex="0"></ol>
</section>
<form id="composer" autocomplete="off">
<textarea id="text" class="mono" rows="2" spellcheck="false" aria-label="Message" placeholder="A message; Enter sends it, Shift+Enter begins a line"></textarea>
<div class="beside">
<fieldset><legend>Send as</legend><label><input type="radio" name="kind" checked>text</label><label><input type="radio" name="kind" id="hex">hex</label></fieldset>
<button id="send" class="primary" disabled>Send</button>
</div>
</form>
<p id="problem" class="bad" role="alert"></p>
<form id="closing" autocomplete="off">
<label>Close code <input id="code" class="mono" inputmode="numeric" size="5" value="1000"></label>
<label class="wide">Reason <input id="reason" class="mono" spellcheck="false"></label>
<button id="close" disabled>Close</button>
</form>
</main>
<footer><p>Served by framecat ${page.version}. → is sent, ← is received.</p><a id="metrics" href="/metrics">Metrics</a><a href="/healthz">Health</a></footer>
<script type="application/json" id="facts">${scriptJson(factsOf(page))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}
