import { Buffer, isUtf8 } from "node:buffer";
import { FramecatError } from "../errors.ts";
import {
  type Headers,
  headerValues,
  type HttpHead,
  parseStatusLine,
} from "../protocol/http-head.ts";
import { redactHead, redactUrl } from "../redact.ts";
import type { UpgradeOptions } from "./client-upgrade.ts";
import type { Proxy } from "./proxy.ts";
import { REDIRECTS } from "./refusal-hint.ts";
import type { TlsOptions } from "./secure-socket.ts";
import { parseTarget, placeOf, type Target } from "./target.ts";

/**
 * Where a redirect leads, for who follows it (RFC 9110, section 15.4).
 *
 * 1. An opening request is a GET, so that 301, 302, 303, 307 and 308 all mean the same. A server that
 *    says http or https means ws or wss.
 * 2. What proves who we are is for the place it was given for: where the host, the port or the use of
 *    TLS changes, credentials, cookies, headers and subprotocols that hold a secret and the client
 *    certificate stay behind, and do not come back when a later redirect leads back.
 * 3. Who asked for wss is not led to ws, where anybody on the way could read and answer; unless any
 *    certificate will do (--insecure), which gives as little protection.
 * 4. No address is asked twice: without cookies it would answer the same.
 */
export interface Redirects {
  /** How many are followed. */
  readonly limit: number;
  /** The proxy that leads to a target: the environment may name others for other targets. */
  readonly proxyFor: (target: Target) => Proxy | undefined;
}

/** What of a dial a redirect changes. */
export interface Hop extends Pick<UpgradeOptions, "headers" | "host" | "subprotocols"> {
  readonly target: Target;
  readonly tls?: TlsOptions;
  readonly proxy?: Proxy | undefined;
}

export interface Redirection<T extends Hop> {
  readonly hop: T;
  /** For people; without secrets. */
  readonly note: string;
}

/**
 * @param asked the addresses that were asked, the one of `hop` included
 * @returns undefined where the response is no redirect
 * @throws FramecatError (refused) where it must not be followed
 */
export function redirectionOf<T extends Hop>(
  hop: T,
  response: HttpHead,
  asked: readonly string[],
  redirects: Redirects,
): Redirection<T> | undefined {
  const [location] = headerValues(response.headers, "Location");
  const status = parseStatusLine(response.startLine)?.status ?? 0;
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  const target = locate(hop.target, location);
  refuseUnsafe(hop, target);
  refuseEndless(target, asked, redirects.limit);
  const stays = isSamePlace(hop.target, target);
  const next = { ...hop, target, proxy: redirects.proxyFor(target) };
  const kept = stays ? next : withoutSecrets(next, hop.target);
  const left = !stays && hasSecrets(hop) ? ", without the credentials" : "";
  return { hop: kept, note: `redirected to ${redactUrl(target.url)}${left}` };
}

/** The place to go to; a user in a Location is passed over, since it is not for a server to say. */
function locate(from: Target, location: string): Target {
  const base = `${from.secure ? "wss" : "ws"}://${from.host}${from.path}`;
  const text = inUtf8(location);
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  const scheme = url && SCHEMES[url.protocol];
  if (!url || scheme === undefined) throw nowhere(from, location);
  const address = `${scheme}//${url.host}${url.pathname}${url.search}`;
  if (from.socketPath !== undefined && url.host === from.host) {
    const unix = from.secure ? "wss+unix" : "ws+unix";
    return parseTarget(`${unix}:${from.socketPath}:${url.pathname}${url.search}`);
  }
  const target = parsed(address);
  if (!target) throw nowhere(from, location);
  const isBack = from.credentials !== undefined && isSamePlace(from, target);
  return isBack ? { ...target, credentials: from.credentials } : target;
}

const SCHEMES: Readonly<Record<string, string>> = {
  "http:": "ws:",
  "https:": "wss:",
  "ws:": "ws:",
  "wss:": "wss:",
};

/** Heads are read as Latin-1; a server that does not escape its paths writes them in UTF-8. */
function inUtf8(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

function parsed(address: string): Target | undefined {
  try {
    return parseTarget(address);
  } catch {
    return undefined;
  }
}

function nowhere(from: Target, location: string): FramecatError {
  const said = JSON.stringify(redactUrl(location).slice(0, MAX_QUOTE));
  return refused(`${placeOf(from)} redirects to ${said}, which is no WebSocket address`);
}

const MAX_QUOTE = 200;

function refuseUnsafe({ target, tls }: Hop, next: Target): void {
  if (!target.secure || next.secure || tls?.insecure) return;
  throw refused(
    `${placeOf(target)} redirects from wss to ${redactUrl(next.url)}, which is not encrypted`,
    "Give that address itself, or --insecure.",
  );
}

function refuseEndless({ url }: Target, asked: readonly string[], limit: number): void {
  if (asked.includes(url)) throw refused(`redirected in a circle, back to ${redactUrl(url)}`);
  if (asked.length <= limit) return;
  throw refused(
    `redirected over ${limit} times, at last to ${redactUrl(url)}`,
    "--max-redirects allows more.",
  );
}

function refused(message: string, hint?: string): FramecatError {
  return new FramecatError("refused", message, hint);
}

function isSamePlace(a: Target, b: Target): boolean {
  const keys = ["secure", "hostname", "port", "socketPath"] as const;
  return keys.every((key) => a[key] === b[key]);
}

function withoutSecrets<T extends Hop>(hop: T, from: Target): T {
  const { headers = [], subprotocols = [], tls = {}, target } = hop;
  const { cert: _, key: _key, pfx: _pfx, passphrase: _passphrase, servername, ...rest } = tls;
  const isNamed = servername !== undefined && from.hostname === target.hostname;
  return {
    ...hop,
    host: undefined,
    headers: headers.filter((header) => !isSecret(header)),
    subprotocols: subprotocols.filter((name) => !isSecretSubprotocol(name)),
    tls: isNamed ? { ...rest, servername } : rest,
  };
}

function hasSecrets({ target, headers = [], subprotocols = [], tls = {} }: Hop): boolean {
  return (
    target.credentials !== undefined ||
    tls.cert !== undefined ||
    tls.pfx !== undefined ||
    headers.some(isSecret) ||
    subprotocols.some(isSecretSubprotocol)
  );
}

/** What is not shown to people is not told to strangers. */
function isSecret(header: Headers[number]): boolean {
  const { headers } = redactHead({ startLine: "", headers: [header] });
  return headers[0]?.[1] !== header[1];
}

function isSecretSubprotocol(name: string): boolean {
  return isSecret(["Sec-WebSocket-Protocol", name]);
}
