import { elapsedMs, type Moment } from "../../clock.ts";
import { judgeResponse } from "../../protocol/client-handshake.ts";
import { acceptDeflateResponse, DEFLATE, type DeflateParams } from "../../protocol/deflate.ts";
import { parseExtensions } from "../../protocol/extensions.ts";
import {
  headerList,
  headerValues,
  type HttpHead,
  parseRequestLine,
  parseStatusLine,
} from "../../protocol/http-head.ts";
import { judgeRequest } from "../../protocol/server-handshake.ts";
import type { HandshakeEvent, TlsFacts } from "../../transport/events.ts";
import { handshakeBreaches } from "../../transport/handshake-breaches.ts";

/** A request, and when it was complete. */
export interface AskedRequest {
  readonly head: HttpHead;
  readonly method: string;
  readonly at: Moment;
}

/** The answer to it. */
export interface Answer {
  readonly head: HttpHead;
  readonly at: Moment;
  readonly body?: Uint8Array;
}

/** Where a connection goes. */
export interface Place {
  readonly conn: string;
  readonly remote: string;
  /** TLS below. */
  readonly tls: TlsFacts | undefined;
}

/** Whether a request asks for WebSocket, rightly or not. */
export function asksForWebSocket({ headers }: HttpHead): boolean {
  return namesWebSocket({ headers }) || headerValues(headers, "Sec-WebSocket-Key").length > 0;
}

/** Whether a request asks for another protocol. */
export function namesUpgrade({ headers }: HttpHead): boolean {
  return headerValues(headers, "Upgrade").length > 0;
}

/** Whether the Upgrade header names websocket. */
export function namesWebSocket({ headers }: Pick<HttpHead, "headers">): boolean {
  return headerList(headers, "Upgrade").some((protocol) => /^websocket$/i.test(protocol));
}

/** The handshake as both ends had to judge it; that a server refuses one breaks nothing. */
export function handshakeEvent(asked: AskedRequest, answer: Answer, place: Place): HandshakeEvent {
  const request = judgeRequest(asked.head);
  const { key, subprotocols, extensions } = request;
  const verdict = judgeResponse(answer.head, { key, subprotocols, offered: extensions });
  const { subprotocol, deflate } = verdict;
  const event: HandshakeEvent = {
    type: "handshake",
    conn: place.conn,
    at: answer.at,
    role: "client",
    url: urlOf(asked.head, place),
    remote: place.remote,
    request: asked.head,
    response: answer.head,
    ...(answer.body && answer.body.length > 0 && { body: answer.body }),
    timings: { upgrade: Math.max(0, elapsedMs(asked.at.ns, answer.at.ns)) },
    ...(place.tls && { tls: place.tls }),
    ...(subprotocol !== undefined && { subprotocol }),
    ...(deflate && { deflate }),
    violations: [...request.violations, ...verdict.violations],
  };
  return { ...event, violations: handshakeBreaches(event) };
}

/** As the client may have written it; the Host header tells the name. */
function urlOf({ startLine, headers }: HttpHead, { remote, tls }: Place): string {
  const scheme = tls ? "wss" : "ws";
  const target = parseRequestLine(startLine)?.target ?? "/";
  if (/^(?:https?|wss?):\/\//i.test(target)) return target.replace(/^[a-z]+/i, scheme);
  const [host = remote] = headerValues(headers, "Host");
  return `${scheme}://${host}${target}`;
}

/**
 * What the two will compress with, as the response says it. It counts for them even where the
 * request did not allow it, and where it is not in the capture.
 */
export function answeredDeflate({ headers }: HttpHead): DeflateParams | undefined {
  const extensions = parseExtensions(headerValues(headers, "Sec-WebSocket-Extensions"));
  const response = extensions?.find(({ name }) => name === DEFLATE);
  if (!response) return undefined;
  const agreed = acceptDeflateResponse(response, { clientMaxWindowBits: true });
  return typeof agreed === "string" ? LARGEST : agreed;
}

/** Reads everything. */
const LARGEST: DeflateParams = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** Status of a response's first line; 0 where it has none. */
export function statusOf({ startLine }: HttpHead): number {
  return parseStatusLine(startLine)?.status ?? 0;
}
