import { Buffer, isUtf8 } from "node:buffer";
import { encodeDeflateParams } from "../protocol/deflate.ts";
import { formatExtension } from "../protocol/extensions.ts";
import { headerValues, type HttpHead, parseStatusLine } from "../protocol/http-head.ts";
import { redactHead, redactUrl } from "../redact.ts";
import type { HandshakeEvent, Timings, TlsFacts } from "../transport/events.ts";
import { wrapColumns, wrapWords } from "../width.ts";
import { escapeControl } from "./escape.ts";
import { formatDuration, formatPlural } from "./format.ts";
import { hexdump } from "./hexdump.ts";
import { renderSpans, type Span, span, spansWidth, styleSpans } from "./span.ts";
import type { Theme } from "./theme.ts";
import { violationLines } from "./violation-lines.ts";

export interface HandshakeLook {
  readonly theme: Theme;
  readonly columns: number | undefined;
  /** Shows both heads. */
  readonly heads: boolean;
  readonly showSecrets: boolean;
}

/** Columns of `● open   `. */
const INDENT = 9;
const DEFAULT_COLUMNS = 80;
const DAY_MS = 86_400_000;
/** Of a refusal's body: enough to recognise it. */
const BODY_LINES = 8;
const BODY_BYTES = 1024;

/** True where the handshake opened the connection. */
export function isOpen({ response, violations }: HandshakeEvent): boolean {
  const opened = parseStatusLine(response.startLine)?.status === 101;
  return opened && violations.every(({ severity }) => severity !== "error");
}

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
  const [first = "", ...rest] = isOpen(event)
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
    ...(fits ? [] : listLines(phases, theme, columns - INDENT)),
    ...listLines(agreed(event, look), theme, columns - INDENT),
    ...warnings(event, look),
    ...(look.heads ? headLines(event, look) : []),
  ];
}

/** Items in lines, as many as fit beside each other. */
function listLines(items: readonly Span[], { dim }: Theme, columns: number): string[] {
  const lines: Span[][] = [];
  for (const item of items) {
    const line = lines.at(-1);
    const longer = line ? [...line, span(" · ", dim), item] : [item];
    if (line && spansWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push([item]);
  }
  return lines.map((line) => indented(renderSpans(line)));
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

/** `(dns 2 · tcp 11 · tls 19 · upgrade 11)`, in milliseconds. */
function phaseText(timings: Timings): string {
  const parts = phasesOf(timings).map(([name, ms]) => `${name} ${ms.toFixed(ms < 0.95 ? 1 : 0)}`);
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

/** `subprotocol chat`, `permessage-deflate`, `TLS 1.3`, `certificate valid 61 days` */
function agreed(event: HandshakeEvent, { theme, showSecrets }: HandshakeLook): Span[] {
  const { subprotocol, deflate, tls, role } = event;
  const origin = role === "server" ? headerValues(event.request.headers, "Origin")[0] : undefined;
  const items: Span[] = [];
  if (subprotocol !== undefined) items.push(span(`subprotocol ${escapeControl(subprotocol)}`));
  if (deflate) items.push(span(formatExtension(encodeDeflateParams(deflate))));
  if (tls) items.push(...tlsSpans(tls, event.at.epochUs / 1000, theme));
  if (origin !== undefined) {
    items.push(span(`origin ${escapeControl(showSecrets ? origin : redactUrl(origin))}`));
  }
  return items;
}

function tlsSpans({ version, authorized, peer }: TlsFacts, nowMs: number, theme: Theme): Span[] {
  const items = [span(escapeControl(version.replace(/^TLSv/, "TLS ")))];
  if (!authorized) items.push(span("certificate not verified", theme.warn));
  const days = peer ? Math.floor((Date.parse(peer.validTo) - nowMs) / DAY_MS) : Number.NaN;
  if (days < 0) items.push(span("certificate expired", theme.bad));
  if (days >= 0) items.push(span(`certificate valid ${formatPlural(days, "day")}`));
  return items;
}

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
    ...bodyLines(event.body, look),
  ];
}

function refusal({ response }: HandshakeEvent): [word: string, answer: string] {
  const status = parseStatusLine(response.startLine);
  if (status?.status === 101) return ["failed ", "the answer is wrong"];
  return ["refused", status ? `${status.status} ${status.reason}`.trim() : "no HTTP"];
}

/** What is wrong; that another status than 101 does not open says the first line already. */
function warnings({ violations, role, response }: HandshakeEvent, look: HandshakeLook): string[] {
  const known = role === "client" && parseStatusLine(response.startLine) !== undefined;
  const columns = (look.columns ?? DEFAULT_COLUMNS) - INDENT;
  return violations
    .filter(({ rule }) => rule !== "response-status" || !known)
    .flatMap((violation) => violationLines(violation, look.theme, columns))
    .map(indented);
}

/** The refusal's own headers; a server that refuses knows what it answered. */
function answerHeaders(event: HandshakeEvent, look: HandshakeLook): string[] {
  if (event.role === "server") return [];
  const { headers } = look.showSecrets ? event.response : redactHead(event.response);
  return wrapped(
    headers.map(([name, value]) => `${name}: ${value}`),
    look,
  ).map((line) => look.theme.dim(line));
}

/** Both heads as they were on the wire, in the direction they went. */
function headLines({ role, request, response }: HandshakeEvent, look: HandshakeLook): string[] {
  const [sent, received] = [look.theme.out("→"), look.theme.in("←")];
  const [asks, answers] = role === "client" ? [sent, received] : [received, sent];
  return [...oneHead(request, asks, look), ...oneHead(response, answers, look)];
}

function oneHead(head: HttpHead, arrow: string, look: HandshakeLook): string[] {
  const { startLine, headers } = look.showSecrets ? head : redactHead(head);
  const lines = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return lines.map((line) => indented(`${arrow} ${escapeControl(line)}`));
}

function wrapped(lines: readonly string[], { columns }: HandshakeLook): string[] {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : columns - INDENT;
  return lines.flatMap((line) => wrapWords(escapeControl(line), width)).map(indented);
}

/** The beginning of a refusal's body: text by lines, anything else as a hexdump. */
function bodyLines(body: Uint8Array | undefined, look: HandshakeLook): string[] {
  if (!body || body.length === 0) return [];
  const width = (look.columns ?? DEFAULT_COLUMNS) - INDENT;
  const shown = body.subarray(0, BODY_BYTES);
  const lines = isUtf8(body)
    ? Buffer.from(shown)
        .toString("utf8")
        .trimEnd()
        .split(/\r?\n/)
        .flatMap((line) => wrapColumns(escapeControl(line), width))
    : hexdump(shown, look.theme);
  const cut = lines.length > BODY_LINES || shown.length < body.length;
  const note = cut ? [look.theme.dim(`… of ${formatPlural(body.length, "byte")}`)] : [];
  return ["", ...lines.slice(0, BODY_LINES), ...note].map(indented);
}

function indented(line: string): string {
  return line === "" ? "" : " ".repeat(INDENT) + line;
}
