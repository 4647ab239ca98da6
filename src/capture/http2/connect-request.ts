import { elapsedMs, type Moment } from "../../clock.ts";
import { judgeAgreedExtensions } from "../../protocol/agreed-extensions.ts";
import {
  type ExtendedConnect,
  judgeExtendedConnect,
  judgeExtendedResponse,
  offeredBy,
} from "../../protocol/extended-connect.ts";
import { type Headers, headerValues, type HttpHead } from "../../protocol/http-head.ts";
import {
  http2RequestLine,
  http2StatusLine,
  isPseudoHeader,
  namesWebSocketProtocol,
} from "../../protocol/http2-head.ts";
import type { HandshakeEvent } from "../../transport/events.ts";
import type { Answer, Place } from "../streams/handshake.ts";

/** A request for a WebSocket on a stream of HTTP/2 (RFC 8441, section 5). */
export interface ConnectRequest extends ExtendedConnect {
  /** With its pseudo-header fields among its headers. */
  readonly head: HttpHead;
  readonly at: Moment;
  /** Its :protocol is websocket, so that an answer of 2xx opens one. */
  readonly opens: boolean;
}

/**
 * The request that a list of fields makes; undefined where it asks for no WebSocket, neither rightly
 * nor with what only requests over HTTP/1.1 have.
 */
export function connectRequest(
  fields: Headers,
  { enableConnect, at }: Pick<ConnectRequest, "enableConnect" | "at">,
): ConnectRequest | undefined {
  const [method] = headerValues(fields, ":method");
  const opens = namesWebSocketProtocol({ headers: fields });
  if (method === undefined || (!opens && !speaksOfWebSocket(fields))) return undefined;
  const [path = ""] = headerValues(fields, ":path");
  const head = { startLine: http2RequestLine(method, path), headers: fields };
  const pseudoHeaders = fields.filter(([name]) => isPseudoHeader(name));
  const headers = fields.filter(([name]) => !isPseudoHeader(name));
  return { head, pseudoHeaders, headers, enableConnect, at, opens };
}

function speaksOfWebSocket(fields: Headers): boolean {
  return fields.some(([name]) => /^sec-websocket-(?:key|version)$/i.test(name));
}

/** A response by its fields. */
export function responseHead(fields: Headers): HttpHead {
  return { startLine: http2StatusLine(headerValues(fields, ":status")[0] ?? ""), headers: fields };
}

/** Status of a response; 0 where it has none. */
export function statusIn(fields: Headers): number {
  const [status = ""] = headerValues(fields, ":status");
  return /^\d{3}$/.test(status) ? Number(status) : 0;
}

/** The handshake as both ends had to judge it. */
export function connectEvent(asked: ConnectRequest, answer: Answer, place: Place): HandshakeEvent {
  const fields = answer.head.headers;
  const status = statusIn(fields);
  const offered = offeredBy(asked);
  const headers = fields.filter(([name]) => !isPseudoHeader(name));
  const violations = [
    ...judgeExtendedConnect(asked),
    ...judgeExtendedResponse(status, headers, offered),
  ];
  const { body } = answer;
  return {
    type: "handshake",
    conn: place.conn,
    at: answer.at,
    role: "client",
    url: urlOf(asked, place),
    remote: place.remote,
    request: asked.head,
    response: answer.head,
    ...(body && body.length > 0 && { body }),
    timings: { upgrade: Math.max(0, elapsedMs(asked.at.ns, answer.at.ns)) },
    ...(place.tls && { tls: place.tls }),
    ...(status >= 200 && status < 300 && agreedOn(headers, offered)),
    violations,
  };
}

function agreedOn(headers: Headers, { extensions }: ReturnType<typeof offeredBy>) {
  const [subprotocol] = headerValues(headers, "Sec-WebSocket-Protocol");
  const { deflate } = judgeAgreedExtensions(headers, extensions);
  return { ...(subprotocol !== undefined && { subprotocol }), ...(deflate && { deflate }) };
}

/** As the client may have written it. */
function urlOf({ pseudoHeaders }: ConnectRequest, { remote, tls }: Place): string {
  const [scheme = tls ? "https" : "http"] = headerValues(pseudoHeaders, ":scheme");
  const [authority = remote] = headerValues(pseudoHeaders, ":authority");
  const [path = "/"] = headerValues(pseudoHeaders, ":path");
  return `${/^(?:https|wss)$/i.test(scheme) ? "wss" : "ws"}://${authority}${path}`;
}
