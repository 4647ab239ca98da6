import { Buffer } from "node:buffer";
import { type Headers, headerValues, parseRequestLine } from "../../protocol/http-head.ts";
import { isValidUtf8 } from "../../protocol/utf8.ts";
import type { Asking } from "../../transport/serve.ts";

export interface CgiFacts {
  /** What tells this connection from all others, those of other runs too. */
  readonly uniqueId: string;
  /** The one that was agreed on. */
  readonly subprotocol: string | undefined;
  /** The name and version of this program. */
  readonly software: string;
}

/**
 * Headers that no program gets: what proves who somebody is (RFC 3875, section 4.1.18), and `Proxy`,
 * which would become the HTTP_PROXY that many a library obeys (CVE-2016-5385 and its like).
 */
const WITHHELD: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "proxy"]);

/** The facts of a request by the names of CGI (RFC 3875, section 4.1). */
export function cgiEnvironment(asking: Asking, facts: CgiFacts): Readonly<Record<string, string>> {
  const { request, address, remote, tls } = asking;
  const { method = "", target = "", version = "" } = parseRequestLine(request.startLine) ?? {};
  const [path = "", ...query] = pathOf(target).split("?");
  const { name, port } = serverOf(request.headers, tls !== undefined);
  const environment = {
    ...headerVariables(request.headers),
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_PROTOCOL: `HTTP/${version}`,
    SERVER_SOFTWARE: facts.software,
    SERVER_NAME: name,
    SERVER_PORT: port,
    REQUEST_METHOD: method,
    REQUEST_URI: target,
    SCRIPT_NAME: "",
    PATH_INFO: decoded(path),
    QUERY_STRING: query.join("?"),
    REMOTE_ADDR: address,
    REMOTE_HOST: address,
    REMOTE_PORT: address === "" ? "" : (/\d+$/.exec(remote)?.[0] ?? ""),
    CONTENT_TYPE: "",
    CONTENT_LENGTH: "",
    UNIQUE_ID: facts.uniqueId,
    WEBSOCKET_SUBPROTOCOL: facts.subprotocol ?? "",
    ...(tls && { HTTPS: "on" }),
  };
  return Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, safe(text)]));
}

/** A name with an underscore could pass for another header, so it is left out. */
function headerVariables(headers: Headers): Record<string, string> {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const passed = [...names].filter((name) => !WITHHELD.has(name) && !name.includes("_"));
  return Object.fromEntries(
    passed.map((name) => [
      `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
      headerValues(headers, name).join(name === "cookie" ? "; " : ", "),
    ]),
  );
}

/** A request may name its whole address (RFC 9112, section 3.2.2). */
function pathOf(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/#.*$/, "");
}

/** Where the client believes that it is. */
function serverOf(headers: Headers, secure: boolean) {
  const [host = ""] = headerValues(headers, "Host");
  const { name = host, port } = /^(?<name>.*?)(?::(?<port>\d*))?$/.exec(host)?.groups ?? {};
  return { name, port: port || (secure ? "443" : "80") };
}

/** A path with its percent signs taken away, where they stand for text. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The octets of a head as the text that they are, without the one that ends a variable. */
function safe(text: string): string {
  const octets = Buffer.from(text, "latin1");
  const isLatin1 = octets.toString("latin1") === text;
  const told = isLatin1 && isValidUtf8(octets) ? octets.toString("utf8") : text;
  return told.replaceAll("\0", "");
}
