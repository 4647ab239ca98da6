import { describe, expect, it } from "vitest";
import type { CaptureWatcher } from "../../../src/capture/streams/decoding.ts";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";
import { filler, utf8 } from "../../helpers/bytes.ts";
import { fromClient, fromServer, inShort } from "../../helpers/talk.ts";
import {
  CONNECT,
  data,
  decodeWire,
  type DecodeOptions,
  frame,
  headers,
  Http2Talk,
  settings,
} from "./wire.ts";

const OPENED = "1.1 handshake ws://example.test/chat 200";
const OK = { ":status": "200" };

/** What is told, but for the end of what was captured. */
function told(talk: Http2Talk, options: DecodeOptions = {}): string[] {
  const lines = inShort(decodeWire(talk.wire, options).events);
  return lines.filter((line) => !line.includes("the end of this connection"));
}

function asking(): Http2Talk {
  return new Http2Talk().open().client(headers(1, CONNECT));
}

describe("the response", () => {
  it("opens after interim ones, and trailing fields mean nothing", () => {
    const talk = asking().server(headers(1, { ":status": "103" }), headers(1, OK));
    talk.server(data(1, fromServer("ho")), headers(1, { "x-end": "1" }, 1));
    talk.client(headers(1, { "x-end": "1" }, 1));
    expect(told(talk)).toEqual([OPENED, "1.1 ← text@0 ho", "1.1 close 1006 peer"]);
  });

  it("of 101 opens as well, wrongly", () => {
    const talk = asking().server(headers(1, { ":status": "101" }), data(1, fromServer("ho")));
    const { events } = decodeWire(talk.wire);
    expect(events[0]).toMatchObject({ violations: [{ rule: "connect-status" }] });
    expect(inShort(events)[1]).toBe("1.1 ← text@0 ho");
  });

  it("refuses with a body, of which 64 KiB are kept", () => {
    const talk = asking().server(headers(1, { ":status": "403" }));
    for (let i = 0; i < 70; i++) talk.server(data(1, utf8("x".repeat(1000))));
    const { events, held } = decodeWire(talk.server(data(1, utf8(""), { end: true })).wire);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      body: { length: 65_536 },
      response: { startLine: "HTTP/2 403" },
    });
    expect(held).toBe(0);
  });

  it("to what only looks like a request for WebSocket opens none", () => {
    const { ":protocol": _, ...plain } = CONNECT;
    const talk = new Http2Talk().open().client(headers(1, { ...plain, ":method": "GET" }));
    talk.server(headers(1, OK), data(1, utf8("hello"), { end: true }));
    const { events } = decodeWire(talk.wire);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: "handshake",
      body: utf8("hello"),
      violations: [{ rule: "connect-pseudo-headers" }],
    });
  });

  it("is none where the stream ends before", () => {
    const talk = asking().server(frame(3, 0, 1, Uint8Array.of(0, 0, 0, 7)));
    expect(told(talk)).toEqual([
      "1.1 note the server reset the stream: REFUSED_STREAM",
      "1.1 note CONNECT /chat HTTP/2: no response to it is in the capture",
    ]);
  });
});

it("what comes after END_STREAM is not decoded, and that is said once", () => {
  const talk = new Http2Talk().open(1).server(data(1, fromServer("ho"), { end: true }));
  talk.server(data(1, fromServer("a")), data(1, fromServer("b"))).client(data(1, fromClient("hi")));
  expect(told(talk)).toEqual([
    OPENED,
    "1.1 ← text@0 ho",
    "1.1 note the server sent data after END_STREAM, which is not decoded",
    "1.1 → text@0 hi",
    "1.1 close 1006 peer",
  ]);
});

describe("what the client sends before the response", () => {
  it("is told after it, and that it came too early", () => {
    const counts: [string, number][] = [];
    const watcher = {
      event: () => {},
      bytesBeforeResponse: (conn, count) => counts.push([conn, count]),
      gap: () => {},
      directionEnd: () => {},
      connectionEnd: () => {},
    } satisfies CaptureWatcher;
    const talk = asking()
      .client(data(1, fromClient("hi"), { end: true }))
      .server(headers(1, OK));
    const { events } = decodeWire(talk.wire, { watcher });
    expect(inShort(events)).toEqual([
      OPENED,
      "1.1 note the client sent 8 B before the response",
      "1.1 → text@0 hi",
      "1.1 close 1006 local",
    ]);
    expect(counts).toEqual([["1.1", 8]]);
    const [asked, , sent] = events;
    expect(sent!.at.ns < asked!.at.ns).toBe(true);
  });

  it.each<[string, DecodeOptions, number]>([
    ["more than 64 KiB", {}, 70_000],
    ["ten seconds", { stepMs: 6000 }, 100],
  ])("waits no longer than for %s", (_, options, length) => {
    const talk = asking().server(settings({ 5: 100_000 }));
    talk.client(data(1, fromClient(filler(length), { opcode: 2 })));
    talk
      .client(data(1, fromClient("a")))
      .client(data(1, fromClient("b")))
      .server(headers(1, OK));
    expect(told(talk, options)).toEqual([
      "1.1 note CONNECT /chat HTTP/2: the response to it has not come before what follows",
      `1.1 → binary@0 ${length} B`,
      expect.stringContaining("text"),
      expect.stringContaining("text"),
    ]);
  });

  it("is told at the end where none came: the server's side is not in the capture", () => {
    const talk = asking()
      .client(data(1, fromClient("hi")))
      .end("out");
    expect(told(talk)).toEqual([
      "1.1 note CONNECT /chat HTTP/2: the response to it has not come before what follows",
      "1.1 → text@0 hi",
      "1.1 close 1006 local",
    ]);
  });

  it("goes on at once where too much is held in all", () => {
    const talk = asking().client(data(1, fromClient(filler(4000), { opcode: 2 })));
    talk.server(headers(1, OK));
    expect(told(talk, { budget: new MemoryBudget(12_000) })).toEqual([
      "1.1 note CONNECT /chat HTTP/2: the response to it has not come before what follows",
      "1.1 → binary@0 4000 B",
    ]);
    expect(told(talk, { budget: new MemoryBudget(20_000) })[0]).toBe(OPENED);
  });
});
