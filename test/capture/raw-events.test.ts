import { deflateRawSync, constants } from "node:zlib";
import { describe, expect, it } from "vitest";
import { RawEvents } from "../../src/capture/raw-events.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { Event } from "../../src/transport/events.ts";
import { concat, hex, singly, utf8 } from "../helpers/bytes.ts";

const REQUEST = utf8(
  "GET /chat HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
);
const RESPONSE = utf8(
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
    "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
);
const HELLO = hex("8105 68656c6c6f");
const MASKED = encodeFrame({ opcode: 1, payload: utf8("hi"), maskKey: 0x12345678 });
const COMPRESSED = encodeFrame({
  opcode: 1,
  rsv1: true,
  payload: deflateRawSync("squeezed", { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
});

function read(...runs: readonly (readonly [side: 0 | 1, bytes: Uint8Array])[]): Event[] {
  const events = new RawEvents();
  return [...runs.flatMap(([side, bytes]) => events.push(bytes, side)), ...events.end()];
}

/** Each event in a word or two. */
function told(events: readonly Event[]): string[] {
  return events.map((event) => {
    if (event.type === "note") return event.message;
    if (event.type !== "frame") return event.type;
    const { offset } = event.frame.header;
    return `${event.dir} ${offset} ${Buffer.from(event.message?.data ?? []).toString()}`;
  });
}

describe("frames alone", () => {
  it("are told as they come", () => {
    expect(told(read([0, HELLO], [0, MASKED]))).toEqual(["in 0 hello", "out 7 hi"]);
    expect(told(read(...singly(HELLO).map((piece) => [0, piece] as const)))).toEqual([
      "in 0 hello",
    ]);
  });

  it("may be cut in a header, or in a payload", () => {
    expect(told(read([0, hex("8105 68656c6c6f 81")]))).toEqual([
      "in 0 hello",
      "the input ends within the header of the frame at byte 7: at least 1 of 2 B are missing",
    ]);
    expect(told(read([0, hex("827f 0000000000001000 41")]))).toEqual([
      "in 0 ",
      "the input ends within the payload of the frame at byte 0: 4,095 of 4,096 B are missing",
    ]);
  });

  it("may be cut in a header that is broken already, of which the lint tells", () => {
    const cut = hex("8105 68656c6c6f b9fe");
    expect(told(read([0, cut])).slice(1)).toEqual([expect.stringContaining("at byte 7")]);
    const linted = new RawEvents({ lint: true });
    const [, ...found] = [...linted.push(cut), ...linted.end()];
    const place = { type: "finding", conn: "1", part: "frame", dir: "out", offset: 7 };
    expect(found).toMatchObject([
      { ...place, violation: { rule: "rsv-not-negotiated" } },
      { ...place, violation: { rule: "control-too-long" } },
      { ...place, violation: { rule: "frame-truncated" } },
      { type: "note" },
    ]);
  });

  it("tell of half a header no direction that its mask bit would tell", () => {
    const linted = new RawEvents({ lint: true });
    const [found] = [...linted.push(hex("83")), ...linted.end()];
    expect(found).toMatchObject({ type: "finding", offset: 0 });
    expect(found).not.toHaveProperty("dir");
  });

  it("tell lengths that no number holds", () => {
    expect(told(read([0, hex("827f 7fffffffffffffff 41")])).at(-1)).toContain(
      "9,223,372,036,854,775,806 of 9,223,372,036,854,775,807 B are missing",
    );
  });

  it("of sides that are told apart do not mix", () => {
    const events = read([0, MASKED.subarray(0, 4)], [1, HELLO], [0, MASKED.subarray(4)]);
    expect(told(events)).toEqual(["in 0 hello", "out 0 hi"]);
  });
});

describe("heads before frames", () => {
  it.each([
    ["one after the other", [[0, concat([REQUEST, RESPONSE, HELLO, COMPRESSED])]] as const],
    [
      "on both sides",
      [
        [0, REQUEST],
        [1, concat([RESPONSE, HELLO, COMPRESSED])],
      ] as const,
    ],
    [
      "in pieces",
      singly(concat([REQUEST, RESPONSE, HELLO, COMPRESSED])).map((piece) => [0, piece] as const),
    ],
  ])("are a handshake: %s", (_, runs) => {
    const events = read(...runs);
    expect(told(events)).toEqual(["handshake", "in 0 hello", "in 7 squeezed"]);
    const url = "ws://example.test/chat";
    expect(events[0]).toMatchObject({ url, violations: [], deflate: { serverMaxWindowBits: 15 } });
  });

  it("of one direction are told, and believed about compression", () => {
    expect(told(read([0, concat([RESPONSE, COMPRESSED])]))).toEqual([
      "before the frames is the HTTP head of one direction: HTTP/1.1 101 Switching Protocols, which agrees to permessage-deflate",
      "in 0 squeezed",
    ]);
    expect(told(read([0, concat([REQUEST, MASKED])]))).toEqual([
      "before the frames is the HTTP head of one direction: GET /chat HTTP/1.1",
      "out 0 hi",
    ]);
  });

  it("without frames are told all the same", () => {
    expect(told(read([0, REQUEST]))).toHaveLength(1);
    expect(told(read([0, concat([REQUEST, RESPONSE])]))).toEqual(["handshake"]);
    expect(told(read([0, REQUEST.subarray(0, 40)]))).toEqual([
      "the input ends within an HTTP head",
    ]);
  });

  it("that are none are frames, broken ones", () => {
    const bytes = utf8("GET / HTTP/1.1\nno field\n\n");
    const [event] = read([0, bytes]);
    expect(event).toMatchObject({ type: "frame", frame: { header: { offset: 0, opcode: 7 } } });
    expect(read([0, hex("4745")])[0]).toMatchObject({ type: "note" });
  });
});
