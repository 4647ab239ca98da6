import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Tally } from "../../src/render/tally.ts";
import type { MessageEvent } from "../../src/transport/events.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { filler, hex } from "../helpers/bytes.ts";
import { frameEvents } from "../helpers/frame-events.ts";

const packed = deflateRawSync("hello ".repeat(50), { finishFlush: constants.Z_SYNC_FLUSH });

function message(length: number, more: Partial<MessageEvent> = {}): MessageEvent {
  const common = { conn: "1", at: { epochUs: 0, ns: 0n } };
  const data = filler(length);
  return { ...common, type: "message", dir: "in", kind: "binary", data, ...more };
}

describe("a tally", () => {
  it("begins with nothing", () => {
    const { sent, received, deflated } = new Tally();
    const nothing = { messages: 0, bytes: 0 };
    expect({ sent, received, deflated }).toEqual({ sent: nothing, received: nothing });
  });

  it("counts whole messages each way, and no control frames", () => {
    const tally = new Tally();
    const frames = frameEvents([
      { opcode: 1, fin: false, payload: "hel" },
      { opcode: 9, payload: "ping" },
      { opcode: 0, payload: "lo" },
      { opcode: 2, maskKey: 1, payload: "x" },
      { opcode: 1, fin: false, payload: "not all of it" },
    ]);
    for (const frame of frames) tally.frame(frame);
    expect(tally.received).toEqual({ messages: 1, bytes: 5 });
    expect(tally.sent).toEqual({ messages: 1, bytes: 1 });
  });

  it("counts a message once that frames and an event tell of", () => {
    const tally = new Tally();
    for (const frame of frameEvents([{ opcode: 2, payload: filler(7) }])) tally.frame(frame);
    tally.message(message(7));
    expect(tally.received).toEqual({ messages: 1, bytes: 7 });
    tally.message(message(3, { omitted: 1000 }));
    expect(tally.received).toEqual({ messages: 2, bytes: 1010 });
    expect(tally.sent.messages).toBe(0);
  });

  it("adds up what was compressed, inflated and on the wire", () => {
    const tally = new Tally();
    const payload = packed.subarray(0, -4);
    const frames = frameEvents(
      [
        { opcode: 1, rsv1: true, payload },
        { opcode: 1, payload: "plain" },
        { opcode: 1, rsv1: true, maskKey: 1, payload },
      ],
      { createInflate },
    );
    for (const frame of frames) tally.frame(frame);
    expect(tally.deflated).toEqual({ inflated: 600, wire: 2 * payload.length });
    expect(tally.received).toEqual({ messages: 2, bytes: 305 });
  });

  it("counts of a message that does not inflate what was on the wire", () => {
    const tally = new Tally();
    const frames = frameEvents([{ opcode: 1, rsv1: true, payload: hex("ffff") }], {
      createInflate,
    });
    for (const frame of frames) tally.frame(frame);
    expect(tally.received).toEqual({ messages: 1, bytes: 2 });
    expect(tally.deflated).toBe(undefined);
  });
});
