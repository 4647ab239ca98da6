import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Rejoiner, type RejoinLimits } from "../../src/capture/rejoin.ts";
import type { DeflateParams } from "../../src/protocol/deflate.ts";
import type { Event, FrameEvent } from "../../src/transport/events.ts";
import { utf8 } from "../helpers/bytes.ts";
import { frameEvents, type FrameSketch } from "../helpers/frame-events.ts";
import { close, handshake } from "../helpers/har.ts";

const DEFLATE: DeflateParams = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

const [FIRST, SECOND] = [utf8("the first message of all"), utf8("not the first message of all")];

/** A message that refers back to what is given. */
function compressed(data: Uint8Array, dictionary?: Uint8Array): FrameSketch {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary && { dictionary }) };
  return { opcode: 1, rsv1: true, payload: deflateRawSync(data, options).subarray(0, -4) };
}

/** A frame as it is read from a file: without its message. */
function frame(sketch: FrameSketch, dir: "in" | "out" = "out", conn = "1"): FrameEvent {
  const { message: _, ...event } = frameEvents([sketch])[0]!;
  return { ...event, dir, conn };
}

function join(events: readonly Event[], limits?: RejoinLimits) {
  const rejoiner = new Rejoiner(limits);
  return events
    .map((event) => rejoiner.push(event))
    .map((event) => {
      if (event.type !== "frame") return event.type;
      const { message } = event;
      return message && `${message.cut ? "cut " : ""}${Buffer.from(message.data).toString()}`;
    });
}

const begun = (text: string, conn = "1") =>
  frame({ opcode: 1, fin: false, payload: text }, "out", conn);
const ended = (text: string, conn = "1") => frame({ opcode: 0, payload: text }, "out", conn);

describe("Rejoiner", () => {
  it("joins fragments of each connection and direction, past control frames", () => {
    expect(
      join([
        begun("a1 "),
        begun("b1 ", "2"),
        frame({ opcode: 9, payload: "ping" }),
        frame({ opcode: 1, payload: "in" }, "in"),
        ended("a2"),
        ended("b2", "2"),
      ]),
    ).toEqual([undefined, undefined, undefined, "in", "a1 a2", "b1 b2"]);
  });

  it("leaves all else as it is", () => {
    expect(join([handshake("1"), close("1", 1)])).toEqual(["handshake", "close"]);
  });

  it("inflates as the handshake says, each direction with its context", () => {
    const events = [
      handshake("1", { deflate: DEFLATE }),
      frame(compressed(FIRST), "out"),
      frame(compressed(SECOND, FIRST), "out"),
      frame(compressed(FIRST), "in"),
      frame(compressed(SECOND, FIRST), "in"),
    ];
    const [first, second] = [FIRST, SECOND].map((bytes) => Buffer.from(bytes).toString());
    const [, out1, out2, in1, in2] = join(events);
    expect([out1, out2, in1]).toEqual([first, second, first]);
    // The server drops its context, so that nothing can refer to it.
    expect(in2).toMatch(/^cut /);
    const server = join(events.with(0, handshake("1", { deflate: DEFLATE, role: "server" })));
    expect([server[2]?.slice(0, 4), server[4]]).toEqual(["cut ", second]);
  });

  it("shows what is compressed as it is where the handshake is not known", () => {
    expect(join([frame(compressed(FIRST))])[0]).toMatch(/^cut /);
  });

  it("begins anew after the end of a connection", () => {
    expect(join([begun("a"), close("1", 1), ended("b")])).toEqual([undefined, "close", undefined]);
    expect(join([begun("a"), handshake("1"), ended("b")])).toEqual([
      undefined,
      "handshake",
      undefined,
    ]);
  });

  it("forgets the connections that were not used for longest", () => {
    const conns = ["1", "2", "1", "3"].map((conn) => begun(conn, conn));
    const ends = ["1", "2", "3"].map((conn) => ended("!", conn));
    expect(join([...conns, ...ends.slice(0, 1)], { maxConnections: 2 }).at(-1)).toBe("1!");
    expect(join([...conns, ...ends.slice(1, 2)], { maxConnections: 2 }).at(-1)).toBeUndefined();
  });

  it("holds no more than it may of messages that do not end", () => {
    const more = (conn: string) =>
      frame({ opcode: 0, fin: false, payload: "x".repeat(40) }, "out", conn);
    const events = [begun("a", "1"), more("1"), begun("b", "2"), more("2"), more("2")];
    const limits = { maxHeld: 100 };
    expect(join([...events, ended("!", "1")], limits).at(-1)).toBeUndefined();
    expect(join([...events, ended("!", "2")], limits).at(-1)).toBe(`b${"x".repeat(80)}!`);
  });

  it("holds no message that is too long", () => {
    expect(join([begun("0123456789"), ended("!")], { maxMessageLength: 10 })).toEqual([
      undefined,
      "cut ",
    ]);
  });
});
