import { headerValues, type HttpHead, parseRequestLine, parseStatusLine } from "./http-head.ts";

/**
 * HTTP/2 has no first lines (RFC 9113, section 8.3): what they say stands in pseudo-header fields. So
 * that a head of it is shown, kept and judged like any other, lines are made of those fields, in the
 * words of HTTP/1.1, and the fields stay among the headers.
 */

/** `CONNECT /chat HTTP/2` */
export function http2RequestLine(method: string, path: string): string {
  return `${method} ${path} HTTP/2`;
}

/** `HTTP/2 200` */
export function http2StatusLine(status: string): string {
  return `HTTP/2 ${status}`.trimEnd();
}

/** Whether a request came over HTTP/2. */
export function isHttp2Request({ startLine }: Pick<HttpHead, "startLine">): boolean {
  return startLine.endsWith(" HTTP/2");
}

/** Whether a request asks for a WebSocket on its stream (RFC 8441, section 4). */
export function namesWebSocketProtocol({ headers }: Pick<HttpHead, "headers">): boolean {
  return headerValues(headers, ":protocol").some((name) => /^websocket$/i.test(name));
}

/** Whether a response with this status opens a stream, rightly with 2xx or wrongly with 101. */
export function opensStream(status: number): boolean {
  return status === 101 || (status >= 200 && status < 300);
}

export function isPseudoHeader(name: string): boolean {
  return name.startsWith(":");
}

/** `parseStatusLine`, of HTTP/2 too, which has no reason phrase. */
export function parseAnyStatusLine(startLine: string): ReturnType<typeof parseStatusLine> {
  const status = /^HTTP\/2 (\d{3})$/.exec(startLine)?.[1];
  if (status === undefined) return parseStatusLine(startLine);
  return { version: "2", status: Number(status), reason: "" };
}

/** `parseRequestLine`, of HTTP/2 too. */
export function parseAnyRequestLine(startLine: string): ReturnType<typeof parseRequestLine> {
  const [, method, target] = /^(\S+) (.*) HTTP\/2$/.exec(startLine) ?? [];
  if (method === undefined || target === undefined) return parseRequestLine(startLine);
  return { version: "2", method, target };
}
