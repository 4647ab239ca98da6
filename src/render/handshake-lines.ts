import { hasOpened, saysOpen } from "../opened.ts";
import type { HttpHead } from "../protocol/http-head.ts";
import { isPseudoHeader, parseAnyStatusLine } from "../protocol/http2-head.ts";
import { redactHead, redactUrl } from "../redact.ts";
import type { HandshakeEvent, Timings } from "../transport/events.ts";
import { wrapWords } from "../width.ts";
import { acceptKeyLines } from "./accept-key-lines.ts";
import { agreedSpans } from "./agreed-words.ts";
import { escapeControl } from "./escape.ts";
import { formatDuration } from "./format.ts";
import { itemLines } from "./item-lines.ts";
import { refusalBodyLines } from "./refusal-body.ts";
import { renderSpans, type Span, span, spansWidth, styleSpans } from "./span.ts";
import type { Theme } from "./theme.ts";
import { violationLines } from "./violation-lines.ts";
import { wrongHeads } from "./wrong-heads.ts";

export interface HandshakeLook {
  readonly theme: Theme;
  readonly columns: number | undefined;
  /** Shows both heads, and the check of the accept key. */
  readonly heads: boolean;
  readonly showSecrets: boolean;
}

/** Columns of `● open   `. */
const INDENT = 9;
const DEFAULT_COLUMNS = 80;

/** How the opening handshake ended: a line for people, what was agreed, or why it was refused. */
export function handshakeLines(
  event: HandshakeEvent,
  prefix: readonly Span[],
  look: HandshakeLook,
): string[] {
  const before = spansWidth(prefix);
  const narrow = {
    ...look,
    columns: look.columns === undefined ? undefined : look.columns - before,
  };
  const [first = "", ...rest] = hasOpened(event)
    ? openLines(event, narrow)
    : refusedLines(event, narrow);
  return [styleSpans(prefix) + first, ...rest.map((line) => " ".repeat(before) + line)];
}

function openLines(event: HandshakeEvent, look: HandshakeLook): string[] {
  const { theme, columns = DEFAULT_COLUMNS } = look;
  const where = [span("●", theme.good), span(" open   "), span(whereTo(event, look), theme.bold)];
  const total = event.role === "client" ? totalSpans(event.timings) : [];
  const line = [...where, ...total];
  const phases = total.length > 0 ? [span(phaseText(event.timings), theme.dim)] : [];
  const fits = spansWidth([...line, ...phases]) < columns;
  return [
    renderSpans(fits ? [...line, span(" "), ...phases] : line),
    ...(fits ? [] : itemLines(phases, theme, columns - INDENT)).map(indented),
    ...itemLines(agreedSpans(event, look), theme, columns - INDENT).map(indented),
    ...warnings(event, look),
    ...(look.heads ? headLines(event, look) : []),
  ];
}

/** Who it is about: a client sees where it went, a server who came. */
function whereTo(event: HandshakeEvent, { showSecrets }: HandshakeLook): string {
  const url = escapeControl(showSecrets ? event.url : redactUrl(event.url));
  return event.role === "client" ? url : `${escapeControl(event.remote)} → ${url}`;
}

/** ` in 43 ms` */
function totalSpans(timings: Timings): Span[] {
  const total = phasesOf(timings).reduce((sum, [, ms]) => sum + ms, 0);
  return total > 0 ? [span(` in ${formatDuration(total)}`)] : [];
}

/** `(dns 1.9 · tcp 11 · tls 19 · upgrade 11)`, in milliseconds, as precise as their sum. */
function phaseText(timings: Timings): string {
  const parts = phasesOf(timings).map(([name, ms]) => `${name} ${ms.toFixed(ms < 9.95 ? 1 : 0)}`);
  return `(${parts.join(" · ")})`;
}

function phasesOf({ dns, tcp, tls, upgrade }: Timings): [string, number][] {
  const all: [string, number | undefined][] = [
    ["dns", dns],
    ["tcp", tcp],
    ["tls", tls],
    ["upgrade", upgrade],
  ];
  return all.filter((phase): phase is [string, number] => phase[1] !== undefined);
}

/** The facts of a refusal; what it likely means, and what to try, says the line of the error. */
function refusedLines(event: HandshakeEvent, look: HandshakeLook): string[] {
  const { theme } = look;
  const [word, answer] = refusal(event);
  return [
    renderSpans([
      span("○", theme.bad),
      span(` ${word} ${whereTo(event, look)}: `),
      span(escapeControl(answer), theme.bad),
    ]),
    ...warnings(event, look),
    ...(look.heads ? headLines(event, look) : answerHeaders(event, look)),
    ...bodyLines(event, look),
  ];
}

function refusal(event: HandshakeEvent): [word: string, answer: string] {
  if (saysOpen(event)) return ["failed ", wrongHeads(event)];
  const status = parseAnyStatusLine(event.response.startLine);
  return ["refused", status ? `${status.status} ${status.reason}`.trim() : "no HTTP"];
}

/** Rules that a refusal breaks, which its status tells. */
const REFUSED: ReadonlySet<string> = new Set(["response-status", "handshake-refused"]);

/** What is wrong; that such a status does not open says the first line already. */
function warnings({ violations, role, response }: HandshakeEvent, look: HandshakeLook): string[] {
  const known = role === "client" && parseAnyStatusLine(response.startLine) !== undefined;
  const columns = (look.columns ?? DEFAULT_COLUMNS) - INDENT;
  return violations
    .filter(({ rule }) => !known || !REFUSED.has(rule))
    .flatMap((violation) => violationLines(violation, look.theme, columns))
    .map(indented);
}

/** The refusal's own headers; a server that refuses knows what it answered. */
function answerHeaders(event: HandshakeEvent, look: HandshakeLook): string[] {
  if (event.role === "server") return [];
  const { headers } = look.showSecrets ? event.response : redactHead(event.response);
  const shown = headers.filter(([name]) => !isPseudoHeader(name));
  return wrapped(
    shown.map(([name, value]) => `${name}: ${value}`),
    look,
  ).map((line) => look.theme.dim(line));
}

/** Both heads as they were on the wire, in the direction they went. */
function headLines({ role, request, response }: HandshakeEvent, look: HandshakeLook): string[] {
  const [sent, received] = [look.theme.out("→"), look.theme.in("←")];
  const [asks, answers] = role === "client" ? [sent, received] : [received, sent];
  const check = acceptKeyLines({ request, response }, look.theme);
  return [
    ...oneHead(request, asks, look),
    ...oneHead(response, answers, look),
    ...(check.length > 0 ? ["", ...check] : []).map(indented),
  ];
}

function oneHead(head: HttpHead, arrow: string, look: HandshakeLook): string[] {
  const { startLine, headers } = look.showSecrets ? head : redactHead(head);
  const fields = headers.map(([name, value]) => `${name}: ${value}`);
  // Over HTTP/2 the line was not on the wire: the pseudo-header fields say the same.
  const lines = headers.some(([name]) => isPseudoHeader(name)) ? fields : [startLine, ...fields];
  return lines.map((line) => indented(`${arrow} ${escapeControl(line)}`));
}

function wrapped(lines: readonly string[], { columns }: HandshakeLook): string[] {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : columns - INDENT;
  return lines.flatMap((line) => wrapWords(escapeControl(line), width)).map(indented);
}

function bodyLines(event: HandshakeEvent, look: HandshakeLook): string[] {
  const { theme, columns = DEFAULT_COLUMNS } = look;
  const lines = refusalBodyLines(event, { theme, columns: columns - INDENT });
  return (lines.length > 0 ? ["", ...lines] : []).map(indented);
}

function indented(line: string): string {
  return line === "" ? "" : " ".repeat(INDENT) + line;
}
