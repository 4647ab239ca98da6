import { describe, expect, it } from "vitest";
import { fromClient, fromServer, hear, inShort, Talk } from "../../helpers/talk.ts";

const close = (code: number) => ({ opcode: 8, payload: Uint8Array.of(code >> 8, code & 255) });

async function lastEvent(talk: Talk) {
  const { events } = await hear(talk);
  return events.at(-1);
}

describe("how a connection ended", () => {
  it("by a Close of the server, answered", async () => {
    const talk = new Talk().open().server(fromServer("", close(1001)));
    talk
      .wait(4)
      .client(fromClient("", close(1001)))
      .close("server");
    expect(await lastEvent(talk)).toMatchObject({
      type: "close",
      code: 1001,
      initiator: "peer",
      clean: true,
      durationMs: 7,
    });
  });

  it("by a Close that was not answered", async () => {
    const talk = new Talk()
      .open()
      .client(fromClient("", close(4000)))
      .close("server");
    expect(await lastEvent(talk)).toMatchObject({ code: 4000, initiator: "local", clean: false });
  });

  it.each(["client", "server"] as const)("by a FIN of the %s alone", async (side) => {
    const initiator = side === "client" ? "local" : "peer";
    const found = await lastEvent(new Talk().open().close(side));
    expect(found).toMatchObject({ code: 1006, initiator, clean: false });
    expect(found).not.toHaveProperty("durationMs");
  });

  it("by a reset", async () => {
    const found = await lastEvent(new Talk().open().reset("server"));
    expect(found).toMatchObject({ code: 1006, initiator: "peer" });
  });

  it("by a Close, of which the answer is not in the capture", async () => {
    const { events } = await hear(new Talk().open().client(fromClient("", close(1000))));
    expect(inShort(events).slice(-2)).toEqual([
      "1 note the end of this connection is not in the capture",
      "1 close 1000 local",
    ]);
  });

  it("is not known where the capture ends first", async () => {
    expect(await lastEvent(new Talk().open())).toMatchObject({
      type: "note",
      message: "the end of this connection is not in the capture",
    });
  });
});

it("pongs have the time since their ping, both ways, and others have none", async () => {
  const talk = new Talk().open();
  talk
    .client(fromClient("a", { opcode: 9 }))
    .server(fromServer("b", { opcode: 9 }))
    .wait(3);
  talk.server(fromServer("a", { opcode: 10 })).client(fromClient("b", { opcode: 10 }));
  talk.client(fromClient("b", { opcode: 10 }));
  const { events } = await hear(talk);
  const times = events.flatMap((event) => (event.type === "frame" ? [event.rttMs] : []));
  expect(times).toEqual([undefined, undefined, 5, 5, undefined]);
});

it("frames of the wrong mask bit are told with what they break", async () => {
  const { events } = await hear(new Talk().open().client(fromServer("x")).server(fromClient("y")));
  expect(inShort(events).slice(1, 3)).toEqual([
    "1 → text@0 x !client-frame-unmasked",
    "1 ← text@0 y !server-frame-masked",
  ]);
});

describe("what a header breaks is told though its payload does not come", () => {
  const KEY = [1, 2, 3, 4];
  const ENDS: Readonly<Record<string, (talk: Talk) => Talk>> = {
    "the capture ends": (talk) => talk,
    "a FIN": (talk) => talk.close("client"),
    "a RST": (talk) => talk.reset("client"),
    "a gap within it": (talk) => talk.lost("client", 2).client(fromClient("more")),
    "a gap beyond it": (talk) => talk.lost("client", 100_000).client(fromClient("more")),
  };

  it.each<[string, readonly number[]]>([
    ["control-too-long", [0x89, 0xfe, 0, 200, ...KEY]],
    ["control-too-long", [0x8a, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, ...KEY]],
    ["control-too-long", [0x88, 0xfe, 0, 126, ...KEY]],
    ["control-fragmented", [0x09, 0x85, ...KEY]],
    ["opcode-reserved", [0x83, 0x85, ...KEY]],
    ["opcode-reserved", [0x8b, 0x85, ...KEY]],
    ["rsv-not-negotiated", [0xc1, 0x85, ...KEY]],
    ["rsv-not-negotiated", [0xa1, 0x85, ...KEY]],
    ["length-not-minimal", [0x81, 0xfe, 0, 5, ...KEY]],
    ["length-not-minimal", [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, ...KEY]],
    ["length-top-bit", [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 5, ...KEY]],
    ["client-frame-unmasked", [0x81, 0x05]],
  ])("%s", async (rule, header) => {
    for (const [how, end] of Object.entries(ENDS)) {
      for (const payload of [[], [0x55]]) {
        const talk = end(new Talk().open().client(Uint8Array.from([...header, ...payload])));
        const { events } = await hear(talk);
        const [cut] = events.flatMap((event) => (event.type === "frame" ? [event] : []));
        const isTold = cut?.violations.some((found) => found.rule === rule);
        expect([how, cut?.frame.payloadCut, isTold]).toEqual([how, true, true]);
      }
    }
  });
});
