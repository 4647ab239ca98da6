import { describe, expect, it } from "vitest";
import { filler, utf8 } from "../../helpers/bytes.ts";
import { fromClient, fromServer, inShort } from "../../helpers/talk.ts";
import { CONNECT, data, decodeWire, headers, Http2Talk } from "./wire.ts";

const OK = { ":status": "200" };

function told(talk: Http2Talk): string[] {
  const { events, held } = decodeWire(talk.wire);
  expect(held).toBe(0);
  return inShort(events);
}

describe("an answer that stands before its request", () => {
  it("waits for it, with what follows", () => {
    const talk = new Http2Talk().open();
    talk.server(headers(3, { ":status": "103" }), headers(3, OK), data(3, fromServer("ho")));
    talk.server(data(1, utf8("x"))).server(data(3, fromServer("ho!"), { end: true }));
    talk.client(headers(3, CONNECT)).client(data(3, fromClient("hi"), { end: true }));
    const { events } = decodeWire(talk.wire);
    expect(inShort(events)).toEqual([
      "1.3 handshake ws://example.test/chat 200",
      "1.3 ← text@0 ho",
      "1.3 ← text@4 ho!",
      "1.3 → text@0 hi",
      "1.3 close 1006 peer",
    ]);
    expect(events[0]).toMatchObject({ timings: { upgrade: 0 } });
  });

  it("that refuses is told at once when the request comes", () => {
    const talk = new Http2Talk().open();
    talk.server(headers(3, { ":status": "404" }), data(3, utf8("none"), { end: true }));
    expect(told(talk.client(headers(3, CONNECT)))).toEqual([
      "1.3 handshake ws://example.test/chat 404",
    ]);
  });

  it("to another request is forgotten, and those to streams before it", () => {
    const talk = new Http2Talk().open();
    for (const id of [1, 3, 5]) talk.server(headers(id, OK), data(id, fromServer("ho")));
    talk.client(headers(3, { ":method": "GET" })).client(headers(5, CONNECT));
    expect(told(talk).slice(0, 2)).toEqual([
      "1.5 handshake ws://example.test/chat 200",
      "1.5 ← text@0 ho",
    ]);
  });

  it.each<[string, (talk: Http2Talk) => Http2Talk]>([
    ["with a gap", (talk) => talk.server(data(9, filler(9)).subarray(0, 10)).gap("in", 8)],
    [
      "with much data",
      (talk) => talk.server(...Array.from({ length: 7 }, () => data(9, filler(10_000)))),
    ],
    [
      "with many fields",
      (talk) => {
        for (let i = 0; i < 110; i++) talk.server(headers(9, { "x-a": "v".repeat(126) }));
        return talk;
      },
    ],
  ])("is not kept %s, and the WebSocket shows by its data", (_, more) => {
    const talk = more(new Http2Talk().open().server(headers(9, OK)));
    talk.server(headers(9, OK)).client(headers(9, CONNECT), data(9, fromClient("hi")));
    expect(told(talk)).toEqual([
      "1.9 note CONNECT /chat HTTP/2: the response to it is not in the capture",
      "1.9 → text@0 hi",
      "1.9 note the end of this connection is not in the capture",
    ]);
  });

  it("is not kept of many", () => {
    const talk = new Http2Talk().open();
    for (const id of [1, 3, 5, 7, 9]) talk.server(headers(id, OK));
    talk.client(headers(3, CONNECT)).server(headers(9, OK)).client(headers(9, CONNECT));
    expect(told(talk).toSorted()).toEqual([
      "1.3 handshake ws://example.test/chat 200",
      "1.3 note the end of this connection is not in the capture",
      "1.9 note CONNECT /chat HTTP/2: no response to it is in the capture",
    ]);
  });
});
