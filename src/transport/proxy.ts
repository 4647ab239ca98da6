import type { Socket } from "node:net";
import { FramecatError, usageError } from "../errors.ts";
import { REDACTED } from "../redact.ts";
import { connectFailure, type Phase } from "./connect-failure.ts";
import type { Place } from "./target.ts";

/**
 * What a proxy speaks. `http` and `https` open a tunnel with CONNECT, `https` in TLS; `socks4` and
 * `socks5` are told the target's address, `socks4a` and `socks5h` its name, which they resolve.
 */
export type ProxyKind = "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h";

/** A proxy, as plain data. */
export interface Proxy extends Place {
  readonly kind: ProxyKind;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Asks a proxy, on a socket that leads to it, for a way to the target; tells how that went and gives
 * what takes its listeners back. Afterwards the socket is the target's.
 */
export type ProxyTalk = (
  socket: Socket,
  target: Place,
  proxy: Proxy,
  outcome: {
    readonly connectTimeoutMs: number;
    readonly succeed: () => void;
    readonly fail: (thrown: unknown) => void;
  },
) => () => void;

const DEFAULT_PORTS: Readonly<Record<ProxyKind, number>> = {
  http: 80,
  https: 443,
  socks4: 1080,
  socks4a: 1080,
  socks5: 1080,
  socks5h: 1080,
};
const EXAMPLES =
  "Examples: http://proxy:3128, https://user:password@proxy, socks5h://127.0.0.1:1080.";
/** SOCKS5 tells lengths in one byte (RFC 1929, section 2). */
const MAX_CREDENTIAL_BYTES = 255;

/**
 * Reads the address of a proxy; without a scheme it is an HTTP proxy, and `socks` is `socks5h`.
 * @param source the flag or variable it comes from, for the message
 * @throws FramecatError (usage)
 */
export function parseProxy(text: string, source: string): Proxy {
  const wrong = () => usageError(`${source} ${quoted(text)} is no address of a proxy`, EXAMPLES);
  const [, scheme = "http", authority = ""] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/?#\\\s\p{Cc}]*[^/?#\\\s\p{Cc}:])\/?$/iu.exec(text) ?? [];
  const kind = kindOf(scheme.toLowerCase());
  // Parsed as a WebSocket's, since only of well-known schemes a URL has its host checked.
  const url = `ws://${authority}/`;
  if (!kind || authority === "" || !URL.canParse(url)) throw wrong();
  const { hostname, username, password } = new URL(url);
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? DEFAULT_PORTS[kind]);
  if (port === 0) throw wrong();
  return {
    kind,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port,
    ...(username !== "" && { username: credential(username, source) }),
    ...(password !== "" && { password: credential(password, source) }),
  };
}

function kindOf(scheme: string): ProxyKind | undefined {
  if (scheme === "socks") return "socks5h";
  return Object.hasOwn(DEFAULT_PORTS, scheme) ? (scheme as ProxyKind) : undefined;
}

function credential(encoded: string, source: string): string {
  let text = encoded;
  try {
    text = decodeURIComponent(encoded);
  } catch {
    // A percent sign that stands for itself.
  }
  if (Buffer.byteLength(text) <= MAX_CREDENTIAL_BYTES) return text;
  throw usageError(`${source} has a user name or password of over ${MAX_CREDENTIAL_BYTES} bytes`);
}

/** The text for a message: a proxy's address has no path, so all before the last @ is a secret. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, `$1${REDACTED}@`));
}

/** What went wrong with the proxy itself; what is this process's own trouble stays that. */
export function proxyFailure(thrown: unknown, proxy: Proxy, phase: Phase): FramecatError {
  const cause = connectFailure(thrown, proxy, phase);
  const { code, message, errno } = cause;
  if (errno === "EMFILE" || errno === "ENFILE" || code === "interrupted") return cause;
  if (code === "proxy" || code === "usage") return cause;
  const of = code === "tls" ? "the proxy's TLS: " : "the proxy ";
  const hint = errno === "ECONNREFUSED" ? "Is the proxy running?" : undefined;
  return new FramecatError("proxy", `${of}${message}`, hint, errno);
}
