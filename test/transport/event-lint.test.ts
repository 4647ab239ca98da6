import { describe, expect, it } from "vitest";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { systemClock } from "../../src/io.ts";
import { EventLint } from "../../src/transport/event-lint.ts";
import type { CloseEvent, Event, HandshakeEvent } from "../../src/transport/events.ts";
import { type FrameSketch, frameEvents } from "../helpers/frame-events.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";

const common = { conn: "1", at: systemClock.now() } as const;

function close(code: number, clean: boolean): CloseEvent {
  return { ...common, type: "close", code, reason: "", initiator: "peer", clean };
}

function handshake(role: "client" | "server", key: string): HandshakeEvent {
  const request = {
    startLine: "GET / HTTP/1.1",
    headers: [
      ["Host", "h"],
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", key],
      ["Sec-WebSocket-Version", "13"],
    ] as [string, string][],
  };
  const response = { startLine: "HTTP/1.1 400 Bad Request", headers: [] };
  const rest = { url: "ws://h/", remote: "", timings: {}, violations: [] };
  return { ...common, type: "handshake", role, request, response, ...rest };
}

/** The rules that these events break, with the conversation's own alone. */
function rulesOf(...events: readonly Event[]): string[] {
  const lint = new EventLint({ findings: "conversation" });
  return events.flatMap((event) => lint.take(event)).map(({ violation }) => violation.rule);
}

const frames = (...sketches: readonly FrameSketch[]) => frameEvents(sketches);
const goodbye = encodeClosePayload(1000, "");

describe("a conversation is judged by its events", () => {
  it("which break nothing where all is well", () => {
    const events = frames(
      { opcode: 1, payload: "hi", maskKey: 0x12345678 },
      { opcode: 1, payload: "hi" },
      { opcode: 8, payload: goodbye, maskKey: 0x9abcdef0 },
      { opcode: 8, payload: goodbye },
    );
    expect(rulesOf(...events, close(1000, true))).toEqual([]);
  });

  it("a masking key that comes again, a message that never ends, an end without a Close", () => {
    const key = { maskKey: 0x12345678 };
    const events = frames({ opcode: 1, payload: "a", ...key }, { opcode: 1, fin: false, ...key });
    expect(rulesOf(...events, close(1006, false))).toEqual(
      expect.arrayContaining(["mask-key-repeated"]),
    );
  });

  it("by the side that is the client's, seen from either", () => {
    const ping: FrameSketch = { opcode: 9, payload: "x", maskKey: 1 };
    const events = frames(ping);
    expect(rulesOf(handshake("client", "AAAAAAAAAAAAAAAAAAAAAA=="), ...events)).not.toContain(
      "client-frame-unmasked",
    );
  });

  it("a key that another connection had", () => {
    const [first, second] = ["1", "2"].map((conn) => ({
      ...handshake("client", "dGhlIHNhbXBsZSBub25jZQ=="),
      conn,
    }));
    expect(rulesOf(first!, second!)).toContain("request-key-reused");
  });

  it("over HTTP/2 by the rules of that", () => {
    const events = frames({ opcode: 1, payload: "x" }, { opcode: 8, payload: goodbye });
    const sent = events.map((event) => ({ ...event, conn: "1.3", dir: "out" as const }));
    const rules = rulesOf(http2Handshake(200), ...sent, close(1000, true));
    expect(rules.filter((rule) => /^(?:request|response)-/.test(rule))).toEqual([]);
    expect(rules).toContain("credentials-in-url");
  });

  it("with the place that each is about", () => {
    const key = { maskKey: 0x12345678 };
    const events = frames({ opcode: 1, payload: "a", ...key }, { opcode: 1, payload: "b", ...key });
    const lint = new EventLint({ findings: "conversation" });
    const found = events.flatMap((event) => lint.take(event));
    expect(found).toMatchObject([
      {
        type: "finding",
        conn: "1",
        part: "frame",
        dir: "out",
        frame: 1,
        offset: 7,
        violation: { rule: "mask-key-repeated", severity: "warn" },
      },
    ]);
  });

  it("and forgotten when it is over", () => {
    expect(rulesOf(close(1000, true), close(1000, true))).toEqual([]);
  });
});
