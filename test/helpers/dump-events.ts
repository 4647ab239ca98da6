import { constants, deflateRawSync } from "node:zlib";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import type { Event, FrameEvent, HandshakeEvent } from "../../src/transport/events.ts";
import type { NumberedEvent } from "../../src/rows.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { closeAt, handshakeAt, messageAt, momentAt } from "./connect-events.ts";
import { frameEvents, type FrameSketch } from "./frame-events.ts";

export const KEY = 0x37fa213d;
/** Everything that a terminal would act on, and a line break. */
export const HOSTILE = "\x1b[2J\x1b]0;owned\x07 \u202eevil\u200b\r\n";

/** A compressed payload as it stands in a frame. */
export function deflated(text: string): Uint8Array {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** Frames of one connection, in their order, each so many milliseconds after the beginning. */
export function framesAt(
  conn: string,
  sketches: readonly (FrameSketch & { readonly ms: number })[],
): FrameEvent[] {
  const side = (isWanted: (sketch: FrameSketch) => boolean) => {
    const own = sketches.filter(isWanted);
    const events = frameEvents(own, { createInflate: () => createInflate() });
    return new Map(events.map((event, i) => [own[i], event]));
  };
  // Each direction counts its bytes by itself.
  const [out, back] = [
    side(({ maskKey }) => maskKey !== undefined),
    side(({ maskKey }) => maskKey === undefined),
  ];
  return sketches.map((sketch) => {
    const event = out.get(sketch) ?? back.get(sketch)!;
    return { ...event, conn, at: momentAt(sketch.ms) };
  });
}

/** Numbers of rows as they come. */
export function numbered(events: readonly Event[]): NumberedEvent[] {
  let count = 0;
  return events.map((event) => {
    const isRow = ["frame", "message", "ping", "pong"].includes(event.type);
    return { event, number: isRow ? ++count : 0 };
  });
}

export const JSON_TEXT = JSON.stringify({ symbol: "ETH-EUR", side: "buy", price: 2413.5 }).repeat(
  4,
);

function opening(ms: number, conn: string, given: Partial<HandshakeEvent> = {}): HandshakeEvent {
  return handshakeAt(ms, {
    conn,
    request: {
      startLine: "GET /feed HTTP/1.1",
      headers: [
        ["Host", "127.0.0.1:8080"],
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
        ["Sec-WebSocket-Version", "13"],
      ],
    },
    response: {
      startLine: "HTTP/1.1 101 Switching Protocols",
      headers: [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
      ],
    },
    url: "ws://127.0.0.1:8080/feed",
    timings: { upgrade: 1.2 },
    ...given,
  });
}

const DEFLATE = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** The same handshake with a subprotocol and an extension in both heads. */
function compressing(event: HandshakeEvent): HandshakeEvent {
  const more = (extension: string) =>
    [
      ["Sec-WebSocket-Protocol", "chat"],
      ["Sec-WebSocket-Extensions", extension],
    ] as const;
  const { request, response } = event;
  const offer = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";
  return {
    ...event,
    request: { ...request, headers: [...request.headers, ...more(offer)] },
    response: { ...response, headers: [...response.headers, ...more(offer)] },
  };
}

/** A frame of which the capture holds only the beginning. */
function cut(event: FrameEvent, kept: number): FrameEvent {
  const { message: _, ...rest } = event;
  const frame = {
    ...event.frame,
    payload: event.frame.payload.subarray(0, kept),
    payloadCut: true,
  };
  return { ...rest, frame };
}

/**
 * A capture with all that makes a view hard: connections that interleave, fragments with control
 * frames between them, compression, gaps, broken rules, and payloads that attack the terminal.
 */
export function captureEvents(): Event[] {
  const first = framesAt("1", [
    { ms: 2, opcode: 1, maskKey: KEY, payload: "hello" },
    { ms: 14.25, opcode: 1, payload: "hello" },
    { ms: 15, opcode: 1, rsv1: true, payload: deflated(JSON_TEXT) },
    { ms: 40, opcode: 1, fin: false, maskKey: KEY, payload: "the first part, " },
    { ms: 41, opcode: 9, maskKey: 0x90c1e2aa, payload: "alive?" },
    { ms: 41.4, opcode: 10, payload: "alive?" },
    { ms: 43, opcode: 0, fin: false, maskKey: KEY, payload: "the second, " },
    { ms: 44, opcode: 0, maskKey: KEY, payload: "and the last one of them" },
    { ms: 50, opcode: 1, payload: HOSTILE },
    { ms: 2_060, opcode: 8, maskKey: KEY, payload: encodeClosePayload(1000, "done\x1b[31m") },
    { ms: 2_061, opcode: 8, payload: encodeClosePayload(1000) },
  ]);
  const second = framesAt("2", [
    { ms: 20, opcode: 2, maskKey: 1, payload: Uint8Array.from({ length: 40 }, (_, i) => i * 7) },
    { ms: 45, opcode: 3, rsv2: true, payload: "?" },
    { ms: 46, opcode: 2, payload: new Uint8Array(70_000) },
    { ms: 47, opcode: 1, payload: "日本語のテキスト、絵文字も 🎉 with words after it" },
    { ms: 48, opcode: 0, payload: "of nothing" },
  ]);
  const events: Event[] = [
    compressing(opening(1.2, "1", { subprotocol: "chat", deflate: DEFLATE })),
    opening(3, "2", { url: "ws://127.0.0.1:8080/\x1b[2J" }),
    opening(4, "3", { response: { startLine: "HTTP/1.1 404 Not Found", headers: [] } }),
    ...first.map((event) => (event.at.ns === momentAt(41.4).ns ? { ...event, rttMs: 0.4 } : event)),
    ...second.map((event, i) => (i === 2 ? cut(event, 1000) : event)),
    {
      type: "note",
      conn: "2",
      at: momentAt(49),
      message: `from the server: 1460 B are missing in the capture ${HOSTILE}`,
    },
    closeAt(2_062, 1000, { initiator: "local", reason: "done\x1b[31m", durationMs: 2 }),
    closeAt(2_070, 1006, { conn: "2", clean: false }),
  ];
  return events.toSorted((a, b) => a.at.epochUs - b.at.epochUs);
}

/** A connection as a HAR tells it: messages alone. */
export function harEvents(): Event[] {
  return [
    opening(0, "1"),
    messageAt(5, "out", "subscribe"),
    messageAt(9, "in", Uint8Array.of(1, 2, 3, 0xff)),
    { type: "ping", conn: "1", at: momentAt(20), dir: "in", data: Buffer.from("beat") },
    messageAt(1_500, "in", HOSTILE),
    closeAt(1_600, 1001),
  ];
}

/** Frames as raw bytes tell them: without a time, a name or a handshake. */
export function rawEvents(): Event[] {
  return frameEvents([
    { opcode: 1, maskKey: KEY, payload: "Hello" },
    { opcode: 1, payload: "Hello" },
    { opcode: 9, payload: "ping" },
  ]);
}
