import { usageError } from "../../errors.ts";
import type { Asking } from "../../transport/serve.ts";
import type { Denial } from "../guard.ts";
import { type Check, deny, headersOf, quoted } from "./request.ts";

/** An origin as a browser writes it (RFC 6454, section 6.2), in lower case. */
export interface Origin {
  readonly scheme: string;
  readonly host: string;
  /** Empty where it is the usual one of the scheme. */
  readonly port: string;
}

/** Which origins are meant: `null` is that of a sandboxed page or a file. */
export type OriginPattern = (origin: Origin | "null", asking: Asking) => boolean;

export interface OriginOptions {
  readonly allowed: readonly OriginPattern[];
  /** A request without Origin, which no browser sends, is turned away. */
  readonly required: boolean;
}

const FORM =
  /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*\.)?((?:[a-z\d_-]+\.)*[a-z\d_-]+|\[[\d.:a-f]+\])(?::(\d{1,5}))?$/;
const USUAL_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/**
 * Reads `https://app.example.com[:PORT]` (that origin), `app.example.com[:PORT]` (any scheme, and any
 * port unless one is given), both with `*.` before (all subdomains), `self`, `null` and `*`.
 * @param ownHost the address that the server is told to bind
 * @throws FramecatError (usage) naming `flag`
 */
export function parseOriginPattern(text: string, flag: string, ownHost?: string): OriginPattern {
  if (text === "*") return () => true;
  if (text === "null") return (origin) => origin === "null";
  if (text === "self") return (origin, asking) => isSelf(origin, asking, ownHost);
  const match = FORM.exec(text.toLowerCase().replace(/\/$/, ""));
  if (!match) {
    throw usageError(
      `${flag} must be an origin such as https://app.example.com or *.example.com, not ${JSON.stringify(text)}`,
    );
  }
  const [, scheme, wildcard, host = "", port] = match;
  const wanted = scheme === undefined ? port : usualPort(scheme, port);
  return (origin) =>
    origin !== "null" &&
    (scheme === undefined || origin.scheme === scheme) &&
    (wildcard === undefined ? origin.host === host : origin.host.endsWith(`.${host}`)) &&
    (wanted === undefined || samePort(origin, wanted));
}

/** Turns away pages of other origins, which a browser lets connect to any server. */
export function originCheck({ allowed, required }: OriginOptions): Check {
  return (asking): Denial | undefined => {
    const origins = headersOf(asking, "Origin");
    const [text] = origins;
    if (text === undefined) {
      return required ? deny("origin", 403, "it sent no Origin") : undefined;
    }
    if (origins.length > 1) return deny("origin", 403, "it sent several Origin headers");
    const origin = parseOrigin(text);
    if (origin !== undefined && allowed.some((pattern) => pattern(origin, asking)))
      return undefined;
    return deny("origin", 403, `the origin ${quoted(text)} is not one of --allow-origin`);
  };
}

function parseOrigin(text: string): Origin | "null" | undefined {
  if (text === "null") return "null";
  const [, scheme, wildcard, host = "", port] = FORM.exec(text.toLowerCase()) ?? [];
  if (scheme === undefined || wildcard !== undefined) return undefined;
  return { scheme, host, port: usualPort(scheme, port) };
}

function usualPort(scheme: string, port = ""): string {
  return port === USUAL_PORTS[scheme] ? "" : port;
}

/** @param wanted as it was written */
function samePort({ scheme, port }: Origin, wanted: string): boolean {
  return port === usualPort(scheme, wanted);
}

/**
 * A page of this server's own. It says so by the Host that it asked for, which a page of any name may
 * do whose owner has the name lead here (DNS rebinding): so it must be an address, localhost, or the
 * name that the server was told.
 */
function isSelf(origin: Origin | "null", asking: Asking, ownHost = "localhost"): boolean {
  if (origin === "null") return false;
  const [, , wildcard, host = "", port] =
    FORM.exec(headersOf(asking, "Host")[0]?.toLowerCase() ?? "") ?? [];
  if (wildcard !== undefined || host !== origin.host) return false;
  if (usualPort(origin.scheme, port) !== origin.port) return false;
  return host === ownHost.toLowerCase() || host === "localhost" || isAddress(host);
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(host);
}
