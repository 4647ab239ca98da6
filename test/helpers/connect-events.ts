import type {
  CloseEvent,
  Event,
  HandshakeEvent,
  MessageEvent,
  ReadyState,
} from "../../src/transport/events.ts";
import { utf8 } from "./bytes.ts";

const EPOCH_US = Date.UTC(2026, 1, 1) * 1000;

/** So many milliseconds after the beginning of 2026-02-01. */
export function momentAt(ms: number) {
  return { epochUs: EPOCH_US + ms * 1000, ns: BigInt(Math.round(ms * 1e6)) };
}

function common(ms: number) {
  return { conn: "1", at: momentAt(ms) };
}

export function stateAt(ms: number, state: ReadyState): Event {
  return { ...common(ms), type: "state", state };
}

/** A handshake that opens the connection, unless told otherwise. */
export function handshakeAt(ms: number, given: Partial<HandshakeEvent> = {}): HandshakeEvent {
  return {
    ...common(ms),
    type: "handshake",
    role: "client",
    url: "ws://127.0.0.1:8080/",
    remote: "127.0.0.1:8080",
    request: { startLine: "GET / HTTP/1.1", headers: [] },
    response: { startLine: "HTTP/1.1 101 Switching Protocols", headers: [] },
    timings: { tcp: 1, upgrade: 2 },
    violations: [],
    ...given,
  };
}

export function refusalAt(ms: number): HandshakeEvent {
  return handshakeAt(ms, { response: { startLine: "HTTP/1.1 404 Not Found", headers: [] } });
}

export function messageAt(
  ms: number,
  dir: "in" | "out",
  payload: string | Uint8Array,
): MessageEvent {
  const kind = typeof payload === "string" ? "text" : "binary";
  const data = typeof payload === "string" ? utf8(payload) : payload;
  return { ...common(ms), type: "message", dir, kind, data };
}

export function closeAt(ms: number, code = 1000, given: Partial<CloseEvent> = {}): CloseEvent {
  return {
    ...common(ms),
    type: "close",
    code,
    reason: "",
    initiator: "peer",
    clean: true,
    ...given,
  };
}
