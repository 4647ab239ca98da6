import type { Event, HandshakeEvent, MessageEvent } from "../../src/transport/events.ts";
import { after } from "./recorded.ts";

/** Events as a connection tells them, for what is written from events. */

export function handshake(conn: string, fields: Partial<HandshakeEvent> = {}): HandshakeEvent {
  return {
    type: "handshake",
    conn,
    at: after(0),
    role: "client",
    url: "ws://example.test:8080/live?x=1&token=s3cret",
    remote: "[::1]:8080",
    request: {
      startLine: "GET /live?x=1&token=s3cret HTTP/1.1",
      headers: [
        ["Host", "example.test:8080"],
        ["Cookie", "sid=s3cret"],
      ],
    },
    response: {
      startLine: "HTTP/1.1 101 Switching Protocols",
      headers: [
        ["Sec-WebSocket-Protocol", "chat"],
        ["Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=12"],
      ],
    },
    timings: { dns: 1, tcp: 2, tls: 3, upgrade: 4 },
    violations: [],
    ...fields,
  };
}

export function message(
  conn: string,
  ms: number,
  dir: "in" | "out",
  data: string | Uint8Array,
  fields: Partial<MessageEvent> = {},
): MessageEvent {
  const kind = typeof data === "string" ? "text" : "binary";
  return { type: "message", conn, at: after(ms), dir, kind, data: Buffer.from(data), ...fields };
}

export function close(conn: string, ms: number): Event {
  const facts = { code: 1001, reason: "bye", initiator: "peer", clean: true } as const;
  return { type: "close", conn, at: after(ms), ...facts };
}
