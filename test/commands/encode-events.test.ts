import { describe, expect, it } from "vitest";
import { FramesOfEvents } from "../../src/commands/encode-events.ts";
import type { FrameEvent, MessageEvent } from "../../src/transport/events.ts";
import { toHex } from "../helpers/bytes.ts";
import { frameEvent } from "../helpers/frame-events.ts";

const at = { epochUs: 0, ns: 0n };

function message(dir: "in" | "out", text: string, conn = "1", omitted = 0): MessageEvent {
  return { type: "message", conn, at, dir, kind: "text", data: Buffer.from(text), omitted };
}

function frame(payload: string, conn = "1"): FrameEvent {
  return { ...frameEvent({ opcode: 1, maskKey: 0x01020304, payload }), conn };
}

/** What comes of the events: bytes of frames, or text and mask of messages. */
function tell(events: readonly (FrameEvent | MessageEvent)[]) {
  const frames = new FramesOfEvents("random");
  const told = events.flatMap((event, i) => frames.push({ event, where: `line ${i + 1}` }));
  return [...told, ...frames.end()].map((one) =>
    "bytes" in one ? toHex(one.bytes) : [Buffer.from(one.payload).toString(), one.mask],
  );
}

it("a frame has the bytes that it had", () => {
  expect(tell([frame("Hi")])).toEqual(["81820102030449 6b".replace(" ", "")]);
});

it("a message is masked where it went out", () => {
  expect(tell([message("out", "a"), message("in", "b")])).toEqual([
    ["a", "random"],
    ["b", "none"],
  ]);
});

describe("a recording with frames and messages", () => {
  it.each([
    ["after", [frame("Hi"), message("out", "Hi")]],
    ["before", [message("out", "Hi"), frame("Hi")]],
  ])("tells each once, the message %s its frame", (_order, events) => {
    expect(tell(events)).toEqual([toHexOf("Hi")]);
  });

  it("is looked at by connection", () => {
    expect(tell([message("in", "a", "2"), message("out", "Hi"), frame("Hi")])).toEqual([
      toHexOf("Hi"),
      ["a", "none"],
    ]);
  });
});

it("messages are not held for ever", () => {
  const frames = new FramesOfEvents("none");
  const long = message("in", "x".repeat(9 * 1024 * 1024));
  expect(frames.push({ event: long, where: "" })).toHaveLength(0);
  expect(frames.push({ event: long, where: "" })).toHaveLength(2);
  expect(frames.push({ event: message("in", "a"), where: "" })).toHaveLength(1);
});

it("what is cut is refused", () => {
  const cut = frame("Hi");
  expect(() => tell([{ ...cut, frame: { ...cut.frame, payloadCut: true } }])).toThrow(
    "line 1: the payload of the frame is not all there",
  );
  expect(() => tell([message("in", "a", "1", 5)])).toThrow("line 1: the message is not all there");
});

function toHexOf(text: string): string {
  const { headerBytes } = frameEvent({ opcode: 1, maskKey: 0x01020304, payload: text }).frame;
  const masked = Array.from(Buffer.from(text), (octet, i) => octet ^ ((i % 4) + 1));
  return toHex(Buffer.concat([headerBytes, Buffer.from(masked)]));
}
