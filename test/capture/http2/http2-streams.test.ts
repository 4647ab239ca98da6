import { describe, expect, it } from "vitest";
import { concat, filler, hex, utf8 } from "../../helpers/bytes.ts";
import { fromClient, fromServer, inShort } from "../../helpers/talk.ts";
import {
  block,
  CONNECT,
  data,
  decodeWire,
  frame,
  headers,
  Http2Talk,
  PREFACE,
  settings,
} from "./wire.ts";

const OPENED = "1.1 handshake ws://example.test/chat 200";
const OK = { ":status": "200" };
const ENDLESS = "1.1 note the end of this connection is not in the capture";

function told(talk: Http2Talk): string[] {
  return inShort(decodeWire(talk.wire).events);
}

describe("SETTINGS_ENABLE_CONNECT_PROTOCOL", () => {
  function rulesAfter(...wire: readonly Uint8Array[]): string[] {
    const talk = new Http2Talk().client(PREFACE, settings());
    for (const bytes of wire) talk.server(bytes);
    talk.client(headers(1, CONNECT));
    if (wire.length === 0) talk.server(settings({ 8: 1 }));
    const [event] = decodeWire(talk.server(headers(1, OK)).wire).events;
    return event?.type === "handshake" ? event.violations.map(({ rule }) => rule) : ["none"];
  }

  it("must have come, and must be 1", () => {
    expect(rulesAfter(settings({ 8: 1 }))).toEqual([]);
    expect(rulesAfter(settings({ 8: 1 }), settings({ 3: 100 }))).toEqual([]);
    expect(rulesAfter(settings())).toEqual(["connect-not-enabled"]);
    expect(rulesAfter(settings({ 8: 1 }), settings({ 8: 0 }))).toEqual(["connect-not-enabled"]);
    expect(rulesAfter()).toEqual(["connect-not-enabled"]);
  });

  it("may be in what is missing", () => {
    const talk = new Http2Talk().client(PREFACE, settings());
    talk.server(hex("000006 04 00 00000000 0003")).gap("in", 4);
    talk.client(headers(1, CONNECT)).server(headers(1, OK));
    const [event] = decodeWire(talk.wire).events;
    expect(event).toMatchObject({ type: "handshake", violations: [] });
  });
});

describe("a stream ends", () => {
  it("with END_STREAM of both, each when it comes", () => {
    const talk = new Http2Talk().open(1).server(data(1, fromServer("ho"), { end: true }));
    talk.client(data(1, fromClient("hi"))).client(data(1, utf8(""), { end: true }));
    const { events, held } = decodeWire(talk.wire);
    expect(inShort(events)).toEqual([
      OPENED,
      "1.1 ← text@0 ho",
      "1.1 → text@0 hi",
      "1.1 close 1006 peer",
    ]);
    expect(held).toBe(0);
  });

  it("within a frame, which is blamed on its sender", () => {
    const half = fromServer("hello").subarray(0, 4);
    const talk = new Http2Talk().open(1).server(data(1, half, { end: true }));
    expect(told(talk)[1]).toBe("1.1 ← text@0 he… !frame-truncated");
  });

  it.each([
    ["client", 8, "CANCEL", "local"],
    ["server", 2, "INTERNAL_ERROR", "peer"],
  ] as const)("by a reset of the %s", (side, code, name, initiator) => {
    const talk = new Http2Talk().open(1);
    const reset = frame(3, 0, 1, Uint8Array.of(0, 0, 0, code));
    if (side === "client") talk.client(reset).server(data(1, fromServer("late")));
    else talk.server(reset).client(data(1, fromClient("late")), data(1, fromClient("later")));
    const other = side === "client" ? "server" : "client";
    expect(told(talk)).toEqual([
      OPENED,
      `1.1 note the ${side} reset the stream: ${name}`,
      `1.1 close 1006 ${initiator}`,
      `1.1 note the ${other} sent data after the reset, which is not decoded`,
    ]);
  });

  it("by a reset that says that nothing is wrong, without a note", () => {
    const talk = new Http2Talk().open(1).server(data(1, utf8(""), { end: true }));
    expect(told(talk.server(frame(3, 0, 1, new Uint8Array(4))))).toEqual([
      OPENED,
      "1.1 close 1006 peer",
    ]);
  });

  it("with the connection", () => {
    const talk = new Http2Talk().open(1, 3).end("in").end("out", "reset");
    expect(told(talk).slice(2)).toEqual(["1.1 close 1006 peer", "1.3 close 1006 peer"]);
  });

  it("with GOAWAY, which is told where something is wrong", () => {
    const away = (code: number) => frame(7, 0, 0, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, code));
    const talk = new Http2Talk().open(1).server(away(0)).server(away(11));
    expect(told(talk)).toEqual([
      OPENED,
      "1 note the server ends the connection with ENHANCE_YOUR_CALM",
      ENDLESS,
    ]);
  });
});

describe("header blocks", () => {
  it("of other streams, and of promises, keep the tables in step", () => {
    // Each puts a field into the table, and the last names them: 62 is the newest.
    const added = (name: string) => concat([hex("40 01"), utf8(name), hex("01"), utf8(name)]);
    const talk = new Http2Talk().open().client(headers(1, { ":method": "GET" }));
    talk.server(frame(1, 4, 1, concat([block(OK), added("a")])));
    talk.server(frame(5, 4, 1, concat([hex("00000002"), added("b")])));
    talk.server(frame(1, 0, 2, added("c")), frame(9, 4, 2, added("d")));
    talk.client(headers(3, CONNECT)).server(frame(1, 4, 3, hex("88 be bf c0 c1")));
    const [event] = decodeWire(talk.wire).events;
    expect(event).toMatchObject({
      conn: "1.3",
      response: {
        headers: [
          [":status", "200"],
          ["d", "d"],
          ["c", "c"],
          ["b", "b"],
          ["a", "a"],
        ],
      },
    });
  });

  it("that cannot be decoded end the headers of that direction, not its data", () => {
    const talk = new Http2Talk().open(1).client(frame(1, 4, 3, hex("be")));
    talk.client(headers(5, CONNECT)).server(headers(5, OK));
    talk.client(data(1, fromClient("hi"))).server(data(1, fromServer("ho")));
    expect(told(talk)).toEqual([
      OPENED,
      "1 note no header block of the client can be decoded from here on: no field has the index 62",
      "1.1 → text@0 hi",
      "1.1 ← text@0 ho",
      ENDLESS,
    ]);
  });

  it("of a server that are lost leave a WebSocket that shows by its data", () => {
    const talk = new Http2Talk().open().client(headers(1, CONNECT), headers(3, CONNECT));
    talk.server(frame(1, 4, 1, new Uint8Array(0), 30)).gap("in", 30);
    talk.server(data(1, fromServer("ho"))).client(data(1, fromClient("hi")));
    expect(told(talk)).toEqual([
      "1 note no header block of the server can be decoded from here on: it is not all there",
      "1.1 note CONNECT /chat HTTP/2: the response to it is not in the capture",
      "1.1 → text@0 hi",
      "1.1 ← text@0 ho",
      ENDLESS,
      "1.3 note CONNECT /chat HTTP/2: no response to it is in the capture",
    ]);
  });

  it("larger than what is kept are cut, and it is said", () => {
    const big = Object.fromEntries(
      Array.from({ length: 1700 }, (_, i) => [`x-${i}`, "v".repeat(126)]),
    );
    const fields = block({ ...CONNECT, ...big });
    const talk = new Http2Talk().open();
    talk.client(frame(1, 0, 1, fields.subarray(0, 16_000)));
    for (let at = 16_000; at < fields.length; at += 16_000) {
      talk.client(
        frame(9, at + 16_000 < fields.length ? 0 : 4, 1, fields.subarray(at, at + 16_000)),
      );
    }
    expect(told(talk)[0]).toBe("1.1 note the request has more header fields than are kept");
  });

  it("of a stream that was open before are no request", () => {
    const talk = new Http2Talk().open(3).client(headers(1, CONNECT), headers(3, CONNECT));
    expect(told(talk)).toHaveLength(2);
  });
});

describe("what the receiver takes", () => {
  it("is known from its SETTINGS on, and the most counts", () => {
    const long = (length: number) => data(1, fromServer(filler(length), { opcode: 2 }));
    const talk = new Http2Talk()
      .open(1)
      .client(settings({ 5: 20_000 }))
      .client(settings({ 5: 16_384 }));
    talk.server(long(19_000)).server(long(21_000));
    expect(told(talk)).toEqual([
      OPENED,
      "1.1 ← binary@0 19000 B",
      "1 note HTTP/2 is not read any further: from the server, DATA has a length of 21004, over the 20000 agreed on",
      ENDLESS,
    ]);
  });

  it("limits the tables too", () => {
    const sized = (size: string) => concat([hex(size), block(CONNECT)]);
    const talk = new Http2Talk().client(PREFACE, settings()).server(settings({ 1: 8192, 8: 1 }));
    talk.client(frame(1, 4, 1, sized("3fe13f"))).client(frame(1, 4, 3, sized("3fe23f")));
    expect(told(talk)).toEqual([
      "1 note no header block of the client can be decoded from here on: a table of 8193 octets is more than may be used",
      "1.1 note CONNECT /chat HTTP/2: no response to it is in the capture",
    ]);
  });
});

it("nothing is told of a connection that has no WebSocket", () => {
  const talk = new Http2Talk().client(PREFACE, settings()).server(settings());
  talk.client(headers(1, { ":method": "GET" }, 1)).server(headers(1, OK), data(1, filler(100)));
  talk
    .server(frame(7, 0, 0, filler(8)))
    .client(frame(1, 4, 3, hex("be")))
    .gap("in", 1);
  const { events, host } = decodeWire(talk.wire);
  expect(events).toEqual([]);
  expect(host.attempted).toBe(false);
});
