import { Buffer } from "node:buffer";
import { type Headers, headerValues, type HttpHead } from "../protocol/http-head.ts";
import { isPseudoHeader, parseAnyRequestLine, parseAnyStatusLine } from "../protocol/http2-head.ts";
import { isValidUtf8 } from "../protocol/utf8.ts";
import { redactHead, redactUrl } from "../redact.ts";
import { isoMicroseconds } from "../transport/event-json.ts";
import type { CloseEvent, HandshakeEvent } from "../transport/events.ts";

/**
 * The shape of a HAR 1.2 entry of a WebSocket connection, as Chrome's developer tools write and read
 * it. Members with an underscore are extensions, which every reader may pass over.
 *
 * What Chrome has no place for stands in `_framecat`: pings, pongs and the Close frame are no
 * messages to it, so of the first two only the number is told. Text that is not valid UTF-8 is in
 * `data` with U+FFFD where it is wrong, and in `_base64` as it was.
 */
export interface HarEntry {
  readonly _resourceType: "websocket";
  /** When connecting began. */
  readonly startedDateTime: string;
  readonly request: HarRequest;
  readonly response: HarResponse;
  readonly cache: Readonly<Record<string, never>>;
  /** Empty where framecat is the server. */
  readonly serverIPAddress: string;
  /** The server's port, as which Chrome takes it. */
  readonly connection: string;
  readonly _webSocketMessages: readonly HarMessage[];
  /** Milliseconds from the beginning to what came last. */
  readonly time: number;
  readonly timings: HarTimings;
  readonly _framecat: HarFacts;
}

export interface HarField {
  readonly name: string;
  readonly value: string;
}

interface HarHead {
  readonly httpVersion: string;
  readonly headers: readonly HarField[];
  readonly cookies: readonly never[];
  /** Bytes of the head, blank line included; -1 over HTTP/2, which compresses it. */
  readonly headersSize: number;
  readonly bodySize: number;
}

export interface HarRequest extends HarHead {
  readonly method: string;
  readonly url: string;
  readonly queryString: readonly HarField[];
}

export interface HarResponse extends HarHead {
  readonly status: number;
  readonly statusText: string;
  readonly content: HarContent;
  readonly redirectURL: string;
  readonly _transferSize: number;
}

/** The body of a refusal. */
export interface HarContent {
  readonly size: number;
  readonly mimeType: string;
  readonly text?: string;
  readonly encoding?: "base64";
}

/** Milliseconds, -1 for what did not occur; `connect` includes `ssl`, and `wait` is the upgrade. */
export interface HarTimings {
  readonly blocked: number;
  readonly dns: number;
  readonly connect: number;
  readonly ssl: number;
  readonly send: number;
  readonly wait: number;
  readonly receive: number;
}

export interface HarMessage {
  /** As the client sees it. An error has the opcode -1, and its words as data. */
  readonly type: "send" | "receive" | "error";
  /** Seconds since 1970. */
  readonly time: number;
  /** 1 for text, 2 for binary, whose data is base64. */
  readonly opcode: number;
  readonly data: string;
  /** The bytes of text that is not valid UTF-8. */
  readonly _base64?: string;
  /** Bytes left out at the end of a message that was too long to be held. */
  readonly _omitted?: number;
}

export interface HarFacts extends Pick<HandshakeEvent, "conn" | "role" | "remote" | "tls"> {
  readonly pings: number;
  readonly pongs: number;
  /** An entry before it tells how the connection began, and what was said until then. */
  readonly continues?: boolean;
  readonly close?: Pick<CloseEvent, "code" | "reason" | "initiator" | "clean">;
}

/** What an entry holds from the beginning. */
export type HarStart = Omit<HarEntry, "_webSocketMessages" | "time" | "timings" | "_framecat">;

/** What a handshake tells, with its secrets left out unless they are to be shown. */
export function harStart(
  event: HandshakeEvent,
  { showSecrets }: { readonly showSecrets: boolean },
): HarStart {
  const shown = showSecrets ? event : redacted(event);
  const { at, role, remote, body = new Uint8Array(0) } = shown;
  const startUs = at.epochUs - Math.round(connectMs(event) * 1000);
  // Sizes are of what was sent, and not of what is shown of it.
  return {
    _resourceType: "websocket",
    startedDateTime: isoMicroseconds(startUs),
    request: requestOf(shown, headSize(event.request)),
    response: responseOf(shown, body, headSize(event.response)),
    cache: {},
    ...serverOf(role === "client" ? remote : ""),
  };
}

/** Milliseconds from the beginning to the end of the handshake. */
export function connectMs({ timings }: Pick<HandshakeEvent, "timings">): number {
  const { dns = 0, tcp = 0, tls = 0, upgrade = 0 } = timings;
  return dns + tcp + tls + upgrade;
}

/** How long each phase took. @param receiveMs from then to what came last */
export function harTimings(
  { timings }: Pick<HandshakeEvent, "timings">,
  receiveMs: number,
): HarTimings {
  const { dns = -1, tcp, tls = -1, upgrade = 0 } = timings;
  return {
    blocked: -1,
    dns: roundMs(dns),
    connect: tcp === undefined ? -1 : roundMs(tcp + Math.max(0, tls)),
    ssl: roundMs(tls),
    send: 0,
    wait: roundMs(upgrade),
    receive: roundMs(receiveMs),
  };
}

/** To the microsecond. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function redacted(event: HandshakeEvent): HandshakeEvent {
  const { url, request, response } = event;
  return {
    ...event,
    url: redactUrl(url),
    request: redactHead(request),
    response: redactHead(response),
  };
}

function requestOf({ request, url }: HandshakeEvent, headersSize: number): HarRequest {
  const line = parseAnyRequestLine(request.startLine);
  return {
    method: line?.method ?? "GET",
    url,
    httpVersion: `HTTP/${line?.version ?? "1.1"}`,
    headers: fieldsOf(request.headers),
    queryString: queryOf(url),
    cookies: [],
    headersSize,
    bodySize: 0,
  };
}

function responseOf(
  { response: { startLine, headers } }: HandshakeEvent,
  body: Uint8Array,
  headersSize: number,
): HarResponse {
  const line = parseAnyStatusLine(startLine);
  return {
    status: line?.status ?? 0,
    statusText: line?.reason ?? "",
    httpVersion: `HTTP/${line?.version ?? "1.1"}`,
    headers: fieldsOf(headers),
    cookies: [],
    content: contentOf(headers, body),
    redirectURL: headerValues(headers, "location")[0] ?? "",
    headersSize,
    bodySize: body.length,
    _transferSize: Math.max(0, headersSize) + body.length,
  };
}

function contentOf(headers: Headers, body: Uint8Array): HarContent {
  const content = {
    size: body.length,
    mimeType: headerValues(headers, "content-type")[0] ?? "x-unknown",
  };
  if (body.length === 0) return content;
  if (isValidUtf8(body)) return { ...content, text: Buffer.from(body).toString("utf8") };
  return { ...content, text: Buffer.from(body).toString("base64"), encoding: "base64" };
}

function fieldsOf(headers: Headers): HarField[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function queryOf(url: string): HarField[] {
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  return Array.from(query, ([name, value]) => ({ name, value }));
}

function headSize({ startLine, headers }: HttpHead): number {
  if (headers.some(([name]) => isPseudoHeader(name))) return -1;
  const lines = headers.map(([name, value]) => name.length + ": ".length + value.length);
  return [startLine.length, ...lines, 0].reduce((sum, length) => sum + length + 2, 0);
}

/** The address without the brackets of IPv6, and the port. */
function serverOf(remote: string): Pick<HarEntry, "serverIPAddress" | "connection"> {
  const [, address = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(remote) ?? [];
  return { serverIPAddress: address, connection: port };
}
