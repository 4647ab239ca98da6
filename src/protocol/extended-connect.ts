import { judgeAgreedExtensions } from "./agreed-extensions.ts";
import { judgeSubprotocol } from "./client-handshake.ts";
import type { Extension } from "./extensions.ts";
import { parseExtensions } from "./extensions.ts";
import { type Headers, headerList, headerValues } from "./http-head.ts";
import { type RuleId, type Violation, violation } from "./rules.ts";
import { judgeTerms } from "./server-handshake.ts";

/**
 * WebSocket over HTTP/2 (RFC 8441): a stream that an extended CONNECT opens takes the place of the
 * TCP connection. HTTP/2 itself is decoded elsewhere; the frames inside, which a client masks as
 * ever, are judged like all others.
 */
export interface ExtendedConnect {
  /**
   * The latest value of SETTINGS_ENABLE_CONNECT_PROTOCOL that the server had sent; undefined where it
   * had sent none, "unseen" where its settings are not in the record.
   */
  readonly enableConnect: number | undefined | "unseen";
  /** The pseudo-header fields, colons included. */
  readonly pseudoHeaders: Headers;
  readonly headers: Headers;
}

/** What a request offers that a response must fit. */
export interface Offered {
  readonly subprotocols: readonly string[];
  readonly extensions: readonly Extension[];
}

const SUPERSEDED = ["Upgrade", "Connection", "Host", "Sec-WebSocket-Key", "Sec-WebSocket-Accept"];
const REQUIRED = [":scheme", ":path", ":authority"];

/** Judges the request (RFC 8441, sections 3–5). */
export function judgeExtendedConnect(request: ExtendedConnect): Violation[] {
  const { enableConnect, pseudoHeaders, headers } = request;
  const asks = headerValues(pseudoHeaders, ":protocol").length > 0;
  const enabled = enableConnect === "unseen" || enableConnect === 1;
  const setting = enableConnect === undefined ? "no such setting" : `the value ${enableConnect}`;
  return [
    ...(asks && !enabled ? [violation("connect-not-enabled", setting)] : []),
    ...judgePseudoHeaders(pseudoHeaders),
    ...judgeSuperseded(headers),
    ...judgeTerms(headers),
  ];
}

/** What the request offers, for judging the response. */
export function offeredBy({ headers }: Pick<ExtendedConnect, "headers">): Offered {
  const extensions = parseExtensions(headerValues(headers, "Sec-WebSocket-Extensions")) ?? [];
  return { subprotocols: headerList(headers, "Sec-WebSocket-Protocol"), extensions };
}

function judgePseudoHeaders(pseudoHeaders: Headers): Violation[] {
  const value = (name: string) => headerValues(pseudoHeaders, name).join(", ");
  const wrong = [
    value(":method") !== "CONNECT" && ":method is not CONNECT",
    value(":protocol") !== "websocket" && ":protocol is not websocket",
    ...REQUIRED.map((name) => value(name) === "" && `no ${name}`),
    value(":scheme") !== "" && !/^https?$/.test(value(":scheme")) && ":scheme is not http or https",
  ].filter((found) => found !== false);
  return wrong.length === 0 ? [] : [violation("connect-pseudo-headers", wrong.join(", "))];
}

/** The headers of HTTP/1.1 that neither a request nor a response has over HTTP/2. */
export function supersededHeaders(headers: Headers): readonly string[] {
  return SUPERSEDED.filter((name) => headerValues(headers, name).length > 0);
}

function judgeSuperseded(headers: Headers): Violation[] {
  const names = supersededHeaders(headers);
  return names.length === 0 ? [] : [violation("connect-upgrade-headers", names.join(", "))];
}

/** Judges the response (RFC 8441, section 5); a 1xx but for 101 is followed by another one. */
export function judgeExtendedResponse(
  status: number,
  headers: Headers,
  offered: Offered,
): Violation[] {
  const judged: readonly [boolean, RuleId][] = [
    [status === 101, "connect-status"],
    [status >= 300 || status < 100, "handshake-refused"],
  ];
  const found = judged.flatMap(([is, rule]) => (is ? [violation(rule, `status ${status}`)] : []));
  if (status < 200 || status >= 300) return [...found, ...judgeSuperseded(headers)];
  const { violation: broken } = judgeAgreedExtensions(headers, offered.extensions);
  return [
    ...judgeSuperseded(headers),
    ...judgeSubprotocol(headers, offered.subprotocols),
    ...(broken ? [broken] : []),
  ];
}
