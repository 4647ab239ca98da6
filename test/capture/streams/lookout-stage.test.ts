import { describe, expect, it } from "vitest";
import { filler } from "../../helpers/bytes.ts";
import {
  fromClient,
  fromServer,
  hear,
  inShort,
  request,
  response,
  Talk,
} from "../../helpers/talk.ts";

describe("a connection that began before the capture", () => {
  it("is looked at for HTTP that begins with a packet", async () => {
    const talk = new Talk().server(filler(500), filler(500)).client(request("/ws"));
    talk.server(response(), fromServer("ho")).client(fromClient("hi"));
    const { events } = await hear(talk);
    expect(inShort(events).slice(0, 3)).toEqual([
      "1 handshake ws://example.test/ws 101",
      "1 ← text@0 ho",
      "1 → text@0 hi",
    ]);
    expect(events[0]).toMatchObject({ remote: "10.0.0.2:9000" });
  });

  it("that looks like WebSocket gives a hint, and no events", async () => {
    const talk = new Talk();
    for (let i = 0; i < 6; i++) {
      talk.client(fromClient(`ask ${i}`)).server(fromServer(`{"answer":${i}}`));
    }
    const { events, report } = await hear(talk);
    expect(events).toEqual([]);
    expect([...report.connections.likelyWebSocket]).toEqual([9000]);
  });

  it.each([
    ["random bytes", filler(300), filler(200)],
    ["zeros", new Uint8Array(100), new Uint8Array(100)],
    ["lines", "first line\n", "answer\r\n"],
    ["masked frames both ways", fromClient("hello"), fromClient("hello")],
  ])("that is %s gives none", async (_, ask, answer) => {
    const talk = new Talk();
    for (let i = 0; i < 12; i++) talk.client(ask).server(answer);
    const { report } = await hear(talk);
    expect(report.connections.likelyWebSocket.size).toBe(0);
    expect(report.connections.other).toBe(1);
  });

  it("in TLS counts as such", async () => {
    const record = Uint8Array.from([0x17, 3, 3, 0, 4, 1, 2, 3, 4]);
    const { report } = await hear(new Talk().client(record).server(record));
    expect(report.connections.tlsWithoutKeys).toBe(1);
  });
});
