import {
  isHttp2Request,
  namesWebSocketProtocol,
  opensStream,
  parseAnyStatusLine,
} from "./protocol/http2-head.ts";
import type { HandshakeEvent } from "./transport/events.ts";

/**
 * True where the response says that WebSocket follows, whatever is wrong with it: 101, and over
 * HTTP/2 any 2xx (RFC 8441, section 5).
 */
export function saysOpen({ request, response }: HandshakeEvent): boolean {
  const { status = 0 } = parseAnyStatusLine(response.startLine) ?? {};
  if (!isHttp2Request(request)) return status === 101;
  return namesWebSocketProtocol(request) && opensStream(status);
}

/** True where the handshake opened the connection. */
export function hasOpened(event: HandshakeEvent): boolean {
  return saysOpen(event) && event.violations.every(({ severity }) => severity !== "error");
}
