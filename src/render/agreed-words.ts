import { DEFLATE, type DeflateParams } from "../protocol/deflate.ts";
import { headerValues } from "../protocol/http-head.ts";
import { isHttp2Request } from "../protocol/http2-head.ts";
import { redactUrl } from "../redact.ts";
import type { HandshakeEvent, TlsFacts } from "../transport/events.ts";
import { escapeControl } from "./escape.ts";
import { formatPlural } from "./format.ts";
import { type Span, span } from "./span.ts";
import type { Theme } from "./theme.ts";

export interface AgreedLook {
  readonly theme: Theme;
  readonly showSecrets: boolean;
}

const DAY_MS = 86_400_000;
/** So few days are soon over. */
const FEW_DAYS = 14;
const FULL_WINDOW_BITS = 15;

/** Where the connection leads and what both sides agreed on, in a few words each. */
export function agreedSpans(event: HandshakeEvent, { theme, showSecrets }: AgreedLook): Span[] {
  const { subprotocol, deflate, tls, role } = event;
  const plainUrl = (url: string) => escapeControl(showSecrets ? url : redactUrl(url));
  const origin = role === "server" ? headerValues(event.request.headers, "Origin")[0] : undefined;
  const way = role === "client" ? wayWords(event, plainUrl) : undefined;
  const items: Span[] = [];
  if (isHttp2Request(event.request)) items.push(span("HTTP/2"));
  if (way !== undefined) items.push(span(way));
  if (subprotocol !== undefined) items.push(span(`subprotocol ${escapeControl(subprotocol)}`));
  if (deflate) items.push(span(deflateWords(deflate)));
  if (tls) items.push(...tlsSpans(tls, event.at.epochUs / 1000, theme));
  if (origin !== undefined) items.push(span(`origin ${plainUrl(origin)}`));
  return items;
}

/** The proxy, or the address where the URL has a name; what the URL says already is left out. */
function wayWords(
  { url, remote, proxy }: HandshakeEvent,
  plainUrl: typeof redactUrl,
): string | undefined {
  if (proxy !== undefined) return `via proxy ${plainUrl(proxy)}`;
  const address = remote.replace(/:\d+$/, "");
  const host = /^[^:]+:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/:?#]*)/.exec(url)?.[1];
  return remote === "" || host === address ? undefined : `at ${escapeControl(remote)}`;
}

/** `permessage-deflate, server window 2^12, server without context takeover` */
function deflateWords(params: DeflateParams): string {
  const window = (side: string, bits: number) =>
    bits === FULL_WINDOW_BITS ? [] : [`${side} window 2^${bits}`];
  const takeover = (side: string, none: boolean) =>
    none ? [`${side} without context takeover`] : [];
  return [
    DEFLATE,
    ...window("client", params.clientMaxWindowBits),
    ...window("server", params.serverMaxWindowBits),
    ...takeover("client", params.clientNoContextTakeover),
    ...takeover("server", params.serverNoContextTakeover),
  ].join(", ");
}

function tlsSpans({ version, cipher, authorized, peer }: TlsFacts, nowMs: number, theme: Theme) {
  const items = [
    span(escapeControl(`${version.replace(/^TLSv/, "TLS ")} with ${cipher}`)),
    ...(peer ? [certificateSpan(peer, nowMs, theme)] : []),
  ];
  // At a server there may be no certificate that anybody could have verified.
  if (authorized === false && peer) items.push(span("certificate not verified", theme.warn));
  return items;
}

function certificateSpan(peer: NonNullable<TlsFacts["peer"]>, nowMs: number, theme: Theme): Span {
  const name = escapeControl(/(?:^|, )CN=([^,]+)/.exec(peer.subject)?.[1] ?? peer.subject);
  const what = name === "" ? "certificate" : `certificate of ${name}`;
  const days = Math.floor((Date.parse(peer.validTo) - nowMs) / DAY_MS);
  if (Number.isNaN(days)) return span(what);
  if (days < 0) return span(`${what} expired ${formatPlural(-days, "day")} ago`, theme.bad);
  if (days < FEW_DAYS) return span(`${what} valid only ${formatPlural(days, "day")}`, theme.warn);
  return span(`${what} valid ${formatPlural(days, "day")}`);
}
