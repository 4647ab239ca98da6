/** How the page of a server looks, beside what all pages have. */
export const LISTEN_PAGE_STYLE = `
html, body { height: 100%; }
body { display: flex; flex-direction: column; max-width: 1000px; padding-bottom: 18px; }
main { display: flex; flex: 1 1 auto; flex-direction: column; min-height: 0; }
header .verdict { margin-top: 8px; font-size: 15px; overflow-wrap: anywhere; }
.verdict.quiet::before { opacity: 0.6; }
main section { display: flex; flex: 1 1 auto; flex-direction: column; min-height: 180px; margin-top: 18px; }

form { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; }
#connection { margin-top: 16px; }
#closing { margin-top: 10px; }
label { display: flex; gap: 7px; align-items: center; color: var(--quiet); font-size: 13px; }
label.wide { flex: 1 1 190px; }
label.wide input { flex: 1 1 auto; min-width: 0; }
input:not([type]), textarea { padding: 5px 9px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); color: var(--ink); }
input:not([type]):hover, textarea:hover { border-color: var(--quiet); }
input::placeholder, textarea::placeholder { color: var(--quiet); opacity: 1; }
#subprotocol { width: 130px; }
#code { width: 62px; }
:is(input, textarea, ol, a):focus-visible { outline: 2px solid var(--first); outline-offset: 1px; }
button:disabled { opacity: 0.5; cursor: default; border-color: var(--line); color: var(--quiet); }
button.primary { padding: 6px 20px; border-color: var(--first); background: var(--first); color: var(--page); font-weight: 600; }
button.primary:hover { color: var(--page); filter: brightness(1.08); }

.above { display: flex; justify-content: space-between; align-items: center; margin-bottom: 8px; color: var(--quiet); font-size: 13px; }
#messages { flex: 1 1 0; margin: 0; padding: 6px 0; border: 1px solid var(--line); border-radius: 9px; overflow-y: auto; list-style: none; font-size: 13px; overscroll-behavior: contain; }
#messages:empty::after { content: "Nothing was said yet."; display: block; padding: 8px 14px; color: var(--quiet); font: 13px/1.5 system-ui, sans-serif; }
#messages li { display: grid; grid-template-columns: 92px 12px 50px 68px minmax(0, 1fr); gap: 0 10px; align-items: baseline; padding: 2px 14px; }
#messages li:hover { background: var(--surface); }
#messages .time, #messages .kind, #messages .size { color: var(--quiet); white-space: nowrap; }
#messages .size { text-align: right; }
#messages .payload { color: var(--ink); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
#messages .in .arrow { color: var(--in); }
#messages .out .arrow { color: var(--out); }
#messages .arrow { font-weight: 700; }
#messages .note .arrow { color: var(--quiet); }
#messages .note :is(.kind, .size) { display: none; }
#messages .note .payload { grid-column: 3 / -1; color: var(--quiet); }

#composer { flex-wrap: nowrap; align-items: stretch; margin-top: 12px; }
#composer textarea { flex: 1 1 auto; min-width: 0; resize: vertical; font-size: 14px; }
.beside { display: flex; flex-direction: column; gap: 6px; justify-content: space-between; }
fieldset { display: flex; gap: 10px; margin: 0; padding: 0; border: 0; }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
fieldset label { gap: 4px; }
fieldset input { margin: 0; accent-color: var(--first); }
#problem { min-height: 20px; margin-top: 4px; font-size: 13px; }
#problem:empty { min-height: 0; margin: 0; }

footer { gap: 4px 16px; margin-top: 18px; padding-top: 12px; }
footer a { color: inherit; }

@media screen and (max-width: 760px) {
  body { padding-bottom: 14px; }
  #messages li { grid-template-columns: auto auto auto 1fr; padding: 4px 10px; }
  #messages .size { text-align: left; }
  #messages .payload { grid-column: 1 / -1; }
  #messages .binary .payload { overflow-x: auto; white-space: pre; }
  #messages .time { font-size: 12px; }
  html, body { height: auto; }
  #messages { flex: none; height: 42vh; min-height: 220px; }
  #composer { flex-wrap: wrap; }
  #composer textarea { flex-basis: 100%; font-size: 16px; }
  .beside { flex: 1 1 auto; flex-direction: row; align-items: center; }
  #subprotocol { width: 110px; }
}
@media screen and (max-height: 640px) {
  html, body { height: auto; }
  #messages { flex-basis: 260px; min-height: 260px; }
}
`;
