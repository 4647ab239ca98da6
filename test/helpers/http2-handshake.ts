import type { HandshakeEvent } from "../../src/transport/events.ts";
import type { Headers } from "../../src/protocol/http-head.ts";

/** Fields of an extended CONNECT, with secrets in them. */
export const CONNECT_FIELDS: Headers = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/chat?token=s3cret&room=1"],
  [":authority", "example.test"],
  ["sec-websocket-version", "13"],
  ["sec-websocket-protocol", "chat"],
  ["authorization", "Bearer s3cret"],
];

/** A WebSocket on a stream of HTTP/2. @param status what the server answers */
export function http2Handshake(
  status = 200,
  { more = [], ...event }: Partial<HandshakeEvent> & { readonly more?: Headers } = {},
): HandshakeEvent {
  return {
    type: "handshake",
    conn: "1.3",
    at: { epochUs: 1_700_000_000_000_000, ns: 1_700_000_000_000_000_000n },
    role: "client",
    url: "wss://example.test/chat?token=s3cret&room=1",
    remote: "10.0.0.2:443",
    request: { startLine: "CONNECT /chat?token=s3cret&room=1 HTTP/2", headers: CONNECT_FIELDS },
    response: {
      startLine: `HTTP/2 ${status}`,
      headers: [[":status", String(status)], ...more],
    },
    timings: { upgrade: 5 },
    violations: [],
    ...event,
  };
}
