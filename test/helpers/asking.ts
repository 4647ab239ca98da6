import { EventEmitter } from "node:events";
import type { Headers } from "../../src/protocol/http-head.ts";
import { judgeRequest } from "../../src/protocol/server-handshake.ts";
import type { Asking } from "../../src/transport/serve.ts";

export interface FakeAsking extends Asking {
  /** Its socket is gone. */
  readonly leave: () => void;
}

/** A client that asks for a WebSocket in good order, with these headers beside. */
export function askingOf(
  headers: Headers = [],
  {
    target = "/",
    address = "192.0.2.1",
  }: { readonly target?: string; readonly address?: string } = {},
): FakeAsking {
  const socket = new EventEmitter();
  const request = {
    startLine: `GET ${target} HTTP/1.1`,
    headers: [
      ["Host", "127.0.0.1:8080"] as const,
      ["Upgrade", "websocket"] as const,
      ["Connection", "Upgrade"] as const,
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="] as const,
      ["Sec-WebSocket-Version", "13"] as const,
      ...headers,
    ],
  };
  return {
    conn: "1",
    request,
    verdict: judgeRequest(request),
    address,
    remote: `${address}:40000`,
    onGone: (listener) => void socket.once("gone", listener),
    leave: () => void socket.emit("gone"),
  };
}
