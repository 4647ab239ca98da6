import { describe, expect, it } from "vitest";
import { filler } from "../../helpers/bytes.ts";
import { fromClient, fromServer, hear, inShort, Talk } from "../../helpers/talk.ts";

const ASSUMED = { assumeWebSocket: [9000] };

/** The frames, sorted: where both directions begin is known at the same moment. */
async function framesOf(talk: Talk): Promise<string[]> {
  const { events } = await hear(talk, ASSUMED);
  return inShort(events.filter(({ type }) => type === "frame")).toSorted();
}

describe("without a handshake the mask tells who is the client", () => {
  it("where the client speaks first", async () => {
    const talk = new Talk().client(fromClient("hello")).server(fromServer("hello too"));
    expect(await framesOf(talk)).toEqual(["1 ← text@0 hello too", "1 → text@0 hello"]);
  });

  it("where the server does", async () => {
    const talk = new Talk().server(fromServer("hello")).client(fromClient("hello too"));
    expect(await framesOf(talk)).toEqual(["1 ← text@0 hello", "1 → text@0 hello too"]);
  });

  it("where one direction alone was captured, with a gap", async () => {
    const frames = ["one", "two", "three"].map((text) => fromServer(`message ${text}`));
    const talk = new Talk()
      .server(...frames)
      .lost("server", 20)
      .server(...frames);
    const only = talk.packets.filter(({ from }) => from === "server");
    const told = inShort((await hear(only, ASSUMED)).events);
    expect(told.filter((line) => line.includes("←"))).toHaveLength(6);
    expect(told.every((line) => !line.includes("→"))).toBe(true);
  });
});

it("the handshake is said to be missing, and with whom it was", async () => {
  const talk = new Talk().server(fromServer("hello")).client(fromClient("hello too"));
  const notes = (await hear(talk, ASSUMED)).events.filter(({ type }) => type === "note");
  expect(inShort(notes)[0]).toBe("1 note the handshake with 10.0.0.2:9000 is not in the capture");
});

it("decoding begins with the first certain frame", async () => {
  const talk = new Talk().server(filler(90)).client(fromClient("hello"), fromClient("again"));
  talk.server(fromServer("some text"), fromServer("more text"), fromServer("and more"));
  const told = inShort((await hear(talk, ASSUMED)).events);
  expect(told).toContain("1 ← text@90 some text");
  expect(told).toContain(
    "1 note from the server: 90 B before the next certain frame border are passed over",
  );
});

it("what holds no certain frame is none", async () => {
  const talk = new Talk().server(filler(3000)).client(filler(50)).close();
  const { events, report } = await hear(talk, ASSUMED);
  expect(events).toEqual([]);
  expect(report.connections.other).toBe(1);
});

it("other ports are left alone", async () => {
  const talk = new Talk({ serverPort: 9001 }).client(fromClient("hello"), fromClient("again"));
  expect((await hear(talk, ASSUMED)).events).toEqual([]);
});
