import { isIP } from "node:net";
import { usageError } from "../errors.ts";
import { REDACTED, redactUrl } from "../redact.ts";

/** What a socket can be connected to. */
export interface Place {
  /** Name or address without brackets; for a unix socket the name in the Host header. */
  readonly hostname: string;
  readonly port: number;
  /** Path of the unix socket that takes the place of host and port. */
  readonly socketPath?: string;
}

/** Where to connect and what to ask for there. */
export interface Target extends Place {
  /** The address in full, credentials taken out. */
  readonly url: string;
  readonly secure: boolean;
  /** The value of the Host header. */
  readonly host: string;
  /** Path and query of the request. */
  readonly path: string;
  /** `user:password` as it stood in the URL, decoded. */
  readonly credentials?: string;
}

const SCHEMES: Readonly<Record<string, string>> = {
  http: "ws",
  https: "wss",
  ws: "ws",
  wss: "wss",
};
const EXAMPLES = "Examples: ws://host:8080/path, wss://host, :8080, host:8080/path.";
/** URL forgives a missing host, a colon without a port and a backslash for a slash; people err there. */
const SOUND_AUTHORITY = /^wss?:\/\/[^/?\\]*[^/?\\:](?:[/?]|$)/;

/**
 * Reads the address of an endpoint: `ws`, `wss`, `http`, `https`, `ws+unix` and `wss+unix` URLs, and
 * the shorthands `:8080` (this machine) and `host:8080/path` (TLS on port 443).
 * @param flag the one that it is given with, if any
 * @throws FramecatError (usage) naming `flag`
 */
export function parseTarget(text: string, flag?: string): Target {
  if (/^wss?\+unix:/i.test(text)) return parseUnixTarget(text, flag);
  const url = parseUrl(text, flag);
  if (url.hash !== "" || text.includes("#")) {
    throw usageError(`${named(text, flag)} has a fragment, which no WebSocket address may have`);
  }
  const secure = url.protocol === "wss:";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const credentials = [url.username, url.password].map(decode).join(":");
  const path = `${url.pathname}${url.search}`;
  return {
    url: `${url.protocol}//${url.host}${path}`,
    secure,
    hostname,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    host: url.host,
    path,
    ...(credentials !== ":" && { credentials }),
  };
}

function parseUrl(text: string, flag: string | undefined): URL {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  const full =
    scheme === undefined ? expandShorthand(text) : `${SCHEMES[scheme.toLowerCase()]}://${rest}`;
  if (scheme !== undefined && !Object.hasOwn(SCHEMES, scheme.toLowerCase())) {
    throw usageError(`${named(text, flag)}: the scheme ${scheme} is no WebSocket's`, EXAMPLES);
  }
  const sound = SOUND_AUTHORITY.test(full) && !/[\s\p{Cc}]/u.test(text) && URL.canParse(full);
  const url = sound ? new URL(full) : undefined;
  if (!url || url.port === "0") {
    throw usageError(`${named(text, flag)} is no WebSocket address`, EXAMPLES);
  }
  return url;
}

function expandShorthand(text: string): string {
  if (/^:\d+/.test(text)) return `ws://localhost${text}`;
  return /^[^/?]+:443(?:[/?]|$)/.test(text) ? `wss://${text}` : `ws://${text}`;
}

/** `ws+unix:/run/app.sock:/path?query`, as the ws package writes it, or `wss+unix`; the path is optional. */
function parseUnixTarget(text: string, flag: string | undefined): Target {
  const [, tls, socketPath, path = "/"] =
    /^ws(s)?\+unix:(?:\/\/)?([^:\p{Cc}]+)(?::(.*))?$/iu.exec(text) ?? [];
  if (socketPath === undefined || socketPath.endsWith("/") || /[\s#]/.test(path)) {
    throw usageError(
      `${named(text, flag)} is no address of a unix socket`,
      "Example: ws+unix:/run/a.sock:/path.",
    );
  }
  const asked = path.startsWith("/") ? path : `/${path}`;
  const secure = tls !== undefined;
  const url = `${secure ? "wss" : "ws"}+unix:${socketPath}:${asked}`;
  return {
    url,
    secure,
    hostname: "localhost",
    port: 0,
    socketPath,
    host: "localhost",
    path: asked,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text for a message, without the credentials that a URL or a shorthand may hold. */
function named(text: string, flag: string | undefined): string {
  const quoted = JSON.stringify(redactUrl(text.replace(/^[^/?#]*@/, `${REDACTED}@`)));
  return flag === undefined ? quoted : `${flag} ${quoted}`;
}

/** The kind of address that the place is named by; undefined for a name, which may have several. */
export function addressFamily({ socketPath, hostname }: Place): 4 | 6 | "unix" | undefined {
  if (socketPath !== undefined) return "unix";
  const version = isIP(hostname);
  return version === 4 || version === 6 ? version : undefined;
}

/** What people call the place: `host:port`, or the socket's path. */
export function placeOf({ socketPath, hostname, port }: Place): string {
  return socketPath ?? `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
