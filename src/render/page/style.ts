/**
 * How a page looks. Colors have names by meaning and a light and a dark form each: the same as in a
 * terminal, one for each direction, and red only for what is wrong.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#fcfcfb, #15171a);
  --surface: light-dark(#f4f5f4, #1d2024);
  --ink: light-dark(#1c2024, #e4e7ea);
  --quiet: light-dark(#666e76, #99a2ab);
  --line: light-dark(#e3e5e6, #2c3036);
  --out: light-dark(#0a7f9c, #58bfd8);
  --in: light-dark(#2f8048, #74c48b);
  --first: light-dark(#5546a8, #a69bf0);
  --second: light-dark(#b0623a, #dd9a72);
  --third: light-dark(#8d949b, #7d858d);
  --good: light-dark(#2f8048, #74c48b);
  --warn: light-dark(#8a5a00, #e2b456);
  --warn-surface: light-dark(#fdf5e3, #2b2416);
  --bad: light-dark(#b3261e, #f2857c);
  --bad-surface: light-dark(#fdeeec, #2e1c1b);
  --bad-2: light-dark(#b8660b, #e9a24f);
  --bad-3: light-dark(#93308a, #dc8fd4);
  --bad-4: light-dark(#6d5a4c, #b9a595);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }

* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 1180px;
  padding: 32px 28px 40px;
  background: var(--page);
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
  -webkit-text-size-adjust: 100%;
}
h1, h2, h3, p, ul, figure, dl, dd { margin: 0; }
h1 { font-size: 24px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 17px; font-weight: 650; margin-bottom: 10px; }
h2 + p { margin-top: -8px; font-size: 13px; }
h3 { font-size: 14px; font-weight: 600; }
section { margin-top: 36px; }
code, .mono { font: 0.93em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.out { color: var(--out); }
.in { color: var(--in); }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }

button {
  padding: 4px 11px;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: transparent;
  color: var(--quiet);
  font: inherit;
  font-size: 13px;
  cursor: pointer;
}
button:hover { color: var(--ink); border-color: var(--quiet); }
button:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
button[aria-pressed="true"] { background: var(--surface); color: var(--ink); }
[hidden] { display: none; }

.top { display: flex; justify-content: space-between; align-items: center; margin-bottom: 6px; color: var(--quiet); font-size: 13px; }
header .facts { margin-top: 4px; color: var(--quiet); }
.verdict { margin-top: 18px; font-size: 17px; font-weight: 550; }
.verdict::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 9px; border-radius: 50%; background: currentColor; vertical-align: 1px; }
.verdict span { color: var(--ink); }

.banner { margin-bottom: 24px; padding: 12px 16px; border-left: 3px solid var(--warn); border-radius: 0 6px 6px 0; background: var(--warn-surface); color: inherit; }
.banner strong { color: var(--warn); }
.banner.bad { border-color: var(--bad); background: var(--bad-surface); }
.banner.bad strong { color: var(--bad); }
.banner ul { margin: 2px 0 0; padding-left: 18px; }
.banner li { overflow-wrap: anywhere; }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(138px, 1fr)); gap: 1px; border: 1px solid var(--line); border-radius: 9px; overflow: hidden; background: var(--line); }
.cards > div { padding: 14px 16px 13px; background: var(--page); }
.cards dt { color: var(--quiet); font-size: 13px; }
.cards .value { font-size: 23px; line-height: 1.35; font-weight: 600; letter-spacing: -0.01em; white-space: nowrap; }
.cards .value small { margin-left: 4px; color: var(--quiet); font-size: 14px; font-weight: 450; letter-spacing: 0; }
.cards .value.bad small { color: inherit; }
.cards .more { color: var(--quiet); font-size: 12.5px; }
.cards .more span { white-space: nowrap; }

.sums { display: grid; grid-template-columns: max-content 1fr; gap: 6px 22px; }
.sums dt { color: var(--quiet); }
.sums dd { display: flex; flex-wrap: wrap; column-gap: 9px; }
.sums .facts { display: block; }
.sums .term { white-space: nowrap; }
.sums .term b { font-weight: 600; }
.sums .term.none { color: var(--quiet); }
.sums .term.none b { font-weight: 400; }
.sums .sign { color: var(--quiet); }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
.scroll table:not(.narrow) { width: 100%; }
.scroll .narrow :is(th, td):not(:first-child) { padding-left: 36px; }
.scroll + .plots { margin-top: 30px; }
p + .plots { margin-top: 18px; }
th, td { padding: 6px 0 6px 20px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; font-weight: 400; }
thead th { color: var(--quiet); font-size: 13px; }
tbody th, th:first-child { position: sticky; left: 0; padding-left: 0; padding-right: 8px; background: var(--page); text-align: left; }
tbody th { font-weight: 550; }
td.words, th.words { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 200px; }
tbody tr.part th { padding-left: 14px; color: var(--quiet); font-weight: 400; }
tbody tr:last-child > * { border-bottom: 0; }

.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 34px 40px; }
.plot { min-width: 0; break-inside: avoid; }
.plot figcaption { display: grid; grid-template-columns: 1fr auto; align-items: start; column-gap: 12px; margin-bottom: 4px; }
.plot figcaption p { grid-column: 1; color: var(--quiet); font-size: 13px; }
.plot figcaption button { grid-column: 2; grid-row: 1 / 3; padding: 1px 9px; font-size: 12px; }
.drawing { min-height: 282px; }

.uplot, .u-legend { font: inherit; }
.uplot { width: 100%; }
.u-legend { margin: 4px 0 0; color: var(--quiet); font-size: 12.5px; line-height: 1.5; text-align: left; }
.u-inline tr { margin-right: 10px; }
.u-inline.u-live th::after { content: ""; }
.u-series > * { padding: 1px 0; border: 0; }
.u-legend th { padding: 1px 6px 1px 0; position: static; background: none; font-weight: 400; }
.u-legend .u-marker { width: 12px; height: 3px; border-radius: 2px; margin-right: 6px; }
.u-legend .u-value { min-width: 46px; color: var(--ink); text-align: left; }
.u-series:first-child .u-value { min-width: 54px; }
.u-series:first-child .u-marker { display: none; }
.u-series:first-child th { cursor: default; }
.u-hz .u-cursor-x { border-right: 1px solid var(--quiet); opacity: 0.55; }
.u-select { background: color-mix(in srgb, var(--first) 14%, transparent); }

footer { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-top: 44px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 13px; }
footer p { flex: 1 1 260px; }

@media screen and (max-width: 760px) {
  body { padding: 20px 16px 32px; }
  h1 { font-size: 20px; }
  .verdict { font-size: 16px; }
  .plots { grid-template-columns: minmax(0, 1fr); }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .cards > div { padding: 11px 13px; }
  .cards > div:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .cards .value { font-size: 20px; }
  .sums { grid-template-columns: 1fr; gap: 0; }
  .sums dt { margin-top: 8px; font-size: 13px; }
  .drawing { min-height: 242px; }
  .scroll .narrow :is(th, td):not(:first-child) { padding-left: 14px; }
  .scroll :is(th, td):not(:first-child) { padding-left: 16px; }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; --page: #fff; }
  body { padding: 0; max-width: none; font-size: 12px; }
  button, .screen, .u-legend .u-value, .u-series:first-child { display: none; }
  section { margin-top: 22px; }
  .cards { grid-auto-flow: column; grid-auto-columns: 1fr; grid-template-columns: none; break-inside: avoid; }
  .cards > div { padding: 8px 9px; }
  .cards .value { font-size: 16px; }
  .cards :is(.value small, .more) { font-size: 10px; }
  .plots { grid-template-columns: repeat(2, 1fr); gap: 20px; }
  .drawing { min-height: 0; }
  .scroll :is(th, td):not(:first-child) { padding: 3px 0 3px 10px; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
