import {
  type Headers,
  headerList,
  headerValues,
  type HttpHead,
  isToken,
} from "../protocol/http-head.ts";
import { redactUrl } from "../redact.ts";

/** A handshake that was refused. */
export interface Refusal {
  readonly status: number;
  readonly request: HttpHead;
  readonly response: HttpHead;
  readonly secure: boolean;
}

/** Statuses that send elsewhere (RFC 9110, section 15.4). */
export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** For a server that does not compress, which was asked to. */
export const NO_DEFLATE_HINT = "--deflate on takes it as it is.";

/** Of what a peer says, so much is repeated in a hint. */
const MAX_QUOTE = 120;

/** What a refusal most likely means for who wanted a WebSocket, in whole sentences. */
export function hintFor(refusal: Refusal): string | undefined {
  const { status, request, response } = refusal;
  const { headers } = response;
  const versions = headerList(headers, "Sec-WebSocket-Version");
  const asked = headerValues(request.headers, "Sec-WebSocket-Version")[0] ?? "";
  if (versions.length > 0 && !versions.includes(asked)) return otherVersion(versions);
  if (REDIRECTS.has(status)) return redirectHint(headers);
  if (status === 400 && refusal.secure) return `${HINTS[400]} ${WANTS_CERTIFICATE}`;
  if (status === 401) return credentialsHint(request.headers, headers);
  if (status === 403) return originHint(refusal);
  if (status === 407)
    return "A proxy wants credentials: try --proxy http://USER:PASSWORD@HOST:PORT.";
  if (status === 429 || status === 503) return `${HINTS[status]}${retryHint(headers)}`;
  return HINTS[status] ?? (status >= 500 ? TROUBLE : undefined);
}

const NO_UPGRADE =
  "Is the path right? A reverse proxy that does not pass Upgrade on is answered like this, too.";
const WANTS_CERTIFICATE = "Or it wants a client certificate (--cert).";
const TROUBLE = "The server, or a proxy before it, is in trouble.";
const BEHIND = "A proxy answered that cannot reach the server behind it.";

const HINTS: Readonly<Record<number, string>> = {
  200: "A plain web page answered: is the path right?",
  204: "A plain web server answered: is the path right?",
  400: `It found the request wrong. ${NO_UPGRADE}`,
  404: "Is the path right?",
  405: "Is the path right? It takes no GET there.",
  410: "It was there once: has the address changed?",
  426: NO_UPGRADE,
  429: "It has had too many requests.",
  502: BEHIND,
  503: "It is overloaded or down for a while.",
  504: BEHIND,
};

const UPGRADE_DROPPED = "A proxy before the server may drop it: it has to pass Upgrade on.";

const INVALID: Readonly<Record<string, string>> = {
  "response-status": "A proxy before the server may speak HTTP/1.0: it has to speak 1.1.",
  "response-upgrade": UPGRADE_DROPPED,
  "response-connection": UPGRADE_DROPPED,
  "response-accept": "A proxy may have answered from its cache, or the server computes it wrong.",
  "response-subprotocol": "Offer what it speaks with -s NAME.",
  "response-extensions": "Try --deflate off.",
};

/**
 * What an answer that breaks a rule most likely means, in whole sentences.
 * @param rule the first one that it breaks
 */
export function hintForInvalid(rule: string): string | undefined {
  return INVALID[rule];
}

/** What bytes that are no HTTP most likely mean. */
export function hintForOther(bytes: Uint8Array): string {
  return isTlsRecord(bytes)
    ? "It speaks TLS: try wss:// instead of ws://."
    : "Is the port right? Something else than a web server answers there.";
}

/** An alert or a handshake message of TLS (RFC 8446, section 5.1). */
function isTlsRecord([type, major]: Uint8Array): boolean {
  return (type === 0x15 || type === 0x16) && major === 0x03;
}

function otherVersion(versions: readonly string[]): string {
  return `It speaks version ${quote(versions.join(", "))} of the protocol: --ws-version asks for one.`;
}

function redirectHint(headers: Headers): string {
  const [location] = headerValues(headers, "Location");
  if (location === undefined) return "It redirects, and does not say where to.";
  return `It redirects to ${quote(redactUrl(location))}: use that address, or connect with -L.`;
}

const FLAGS: Readonly<Record<string, string>> = {
  basic: "--auth USER:PASSWORD",
  bearer: "--bearer TOKEN",
};

/** By the schemes that it offers (RFC 9110, section 11.6.1). */
function credentialsHint(sent: Headers, headers: Headers): string {
  const schemes = headerValues(headers, "WWW-Authenticate")
    .map((challenge) => challenge.trim().split(/[\s,]/)[0] ?? "")
    .filter(isToken);
  const by = schemes.length > 0 ? ` (${quote(schemes.join(", "))})` : "";
  if (headerValues(sent, "Authorization").length > 0) {
    return `It does not accept these credentials${by}.`;
  }
  const flags = schemes.flatMap((scheme) => FLAGS[scheme.toLowerCase()] ?? []);
  const tries = flags.length > 0 ? flags.join(" or ") : "--auth, --bearer, --cookie or a header";
  return `It wants credentials${by}: try ${tries}.`;
}

function originHint({ request, secure }: Refusal): string {
  const [origin] = headerValues(request.headers, "Origin");
  if (origin !== undefined) return `Is the Origin ${quote(redactUrl(origin))} allowed there?`;
  const [host = "HOST"] = headerValues(request.headers, "Host");
  return `Often an Origin is wanted: try --origin ${secure ? "https" : "http"}://${host}.`;
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function retryHint(headers: Headers): string {
  const [after] = headerValues(headers, "Retry-After");
  if (after === undefined || after === "") return "";
  return /^\d+$/.test(after)
    ? ` It asks to wait ${quote(after)} s.`
    : ` It asks to wait until ${quote(after)}.`;
}

function quote(text: string): string {
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
}
