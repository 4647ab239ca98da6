import { acceptKey, isValidKey, WEBSOCKET_VERSION } from "./accept-key.ts";
import {
  DEFLATE,
  type DeflateParams,
  encodeDeflateParams,
  negotiateDeflate,
  parseDeflateOffer,
} from "./deflate.ts";
import { type Extension, formatExtensions, parseExtensions } from "./extensions.ts";
import { judgeConnection, judgeUpgrade, override, told } from "./handshake-headers.ts";
import {
  type Headers,
  headerList,
  headerValues,
  type HttpHead,
  isToken,
  parseRequestLine,
} from "./http-head.ts";
import { type RuleId, type Violation, violation } from "./rules.ts";

/** A request as the server sees it. */
export interface RequestVerdict {
  readonly path: string;
  /** Empty when the server may accept. */
  readonly violations: readonly Violation[];
  /** The status that a refusal carries: 400, 405 or 426; 101 where nothing is wrong. */
  readonly status: number;
  readonly key: string;
  readonly origin: string | undefined;
  /** Subprotocols in the client's order of preference. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly Extension[];
}

/** Judges an opening request (section 4.2.1). */
export function judgeRequest({ startLine, headers }: HttpHead): RequestVerdict {
  const line = parseRequestLine(startLine);
  const extensions = parseExtensions(headerValues(headers, "Sec-WebSocket-Extensions"));
  const violations = [
    ...judgeRequestLine(line, startLine),
    ...judgeSingle(headers, "Host", "request-host", () => true),
    ...judgeUpgrade(headers, "request-upgrade"),
    ...judgeConnection(headers, "request-connection"),
    ...judgeSingle(headers, "Sec-WebSocket-Key", "request-key", isValidKey),
    ...judgeTerms(headers, extensions),
  ];
  return {
    path: line?.target ?? "",
    violations,
    status: refusalStatus(violations, line?.method),
    key: headerValues(headers, "Sec-WebSocket-Key")[0] ?? "",
    origin: headerValues(headers, "Origin")[0],
    subprotocols: headerList(headers, "Sec-WebSocket-Protocol"),
    extensions: extensions ?? [],
  };
}

/** The headers of a request that say the same over HTTP/2: version, subprotocols, extensions. */
export function judgeTerms(
  headers: Headers,
  extensions = parseExtensions(headerValues(headers, "Sec-WebSocket-Extensions")),
): Violation[] {
  return [
    ...judgeSingle(
      headers,
      "Sec-WebSocket-Version",
      "request-version",
      (version) => version === WEBSOCKET_VERSION,
    ),
    ...judgeOffered(headers),
    ...(extensions
      ? []
      : [violation("request-extensions", told(headers, "Sec-WebSocket-Extensions"))]),
  ];
}

function judgeRequestLine(line: ReturnType<typeof parseRequestLine>, text: string): Violation[] {
  if (line?.method === "GET" && line.version >= "1.1") return [];
  return [violation("request-method", JSON.stringify(text.slice(0, 80)))];
}

function judgeSingle(
  headers: Headers,
  name: string,
  rule: RuleId,
  valid: (value: string) => boolean,
): Violation[] {
  const values = headerValues(headers, name);
  const [value] = values;
  if (values.length === 1 && value !== undefined && valid(value)) return [];
  return [violation(rule, told(headers, name))];
}

function judgeOffered(headers: Headers): Violation[] {
  const offered = headerList(headers, "Sec-WebSocket-Protocol");
  const sound = offered.every(isToken) && new Set(offered).size === offered.length;
  return sound ? [] : [violation("request-subprotocol", told(headers, "Sec-WebSocket-Protocol"))];
}

/** What a plain HTTP request breaks, or one of another version: it is told what to upgrade to. */
const UPGRADABLE: ReadonlySet<RuleId> = new Set<RuleId>([
  "request-upgrade",
  "request-connection",
  "request-version",
]);

function refusalStatus(violations: readonly Violation[], method: string | undefined): number {
  if (violations.length === 0) return 101;
  if (method !== undefined && method !== "GET") return 405;
  // Such a request has no key either, whereas a wrong key alone is a mistake in a WebSocket client.
  const beyondKey = violations.filter(({ rule }) => rule !== "request-key");
  const upgradable = beyondKey.length > 0 && beyondKey.every(({ rule }) => UPGRADABLE.has(rule));
  return upgradable ? 426 : 400;
}

/** What a server grants to an accepted request. */
export interface ServerHandshake {
  readonly key: string;
  readonly subprotocol?: string | undefined;
  readonly deflate?: DeflateParams | undefined;
  readonly headers?: Headers;
}

/** The answer that opens the connection (section 4.2.2). */
export function buildResponse(granted: ServerHandshake): HttpHead {
  const { key, subprotocol, deflate, headers = [] } = granted;
  const own: [string, string][] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(key)],
  ];
  if (subprotocol !== undefined) own.push(["Sec-WebSocket-Protocol", subprotocol]);
  if (deflate) {
    own.push(["Sec-WebSocket-Extensions", formatExtensions([encodeDeflateParams(deflate)])]);
  }
  return { startLine: "HTTP/1.1 101 Switching Protocols", headers: override(own, headers) };
}

/** Answers the first acceptable offer of permessage-deflate, or declines with undefined. */
export function grantDeflate(
  extensions: readonly Extension[],
  limits: Partial<DeflateParams> = {},
): DeflateParams | undefined {
  for (const extension of extensions) {
    if (extension.name !== DEFLATE) continue;
    const offer = parseDeflateOffer(extension);
    if (typeof offer !== "string") return negotiateDeflate(offer, limits);
  }
  return undefined;
}
