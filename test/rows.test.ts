import { describe, expect, it } from "vitest";
import { asMessage, isRow, rowContent, rowLength, rowMessage, rowOpcode } from "../src/rows.ts";
import type { RowEvent } from "../src/rows.ts";
import { closeAt, messageAt, momentAt } from "./helpers/connect-events.ts";
import { captureEvents, deflated, framesAt } from "./helpers/dump-events.ts";

const ping: RowEvent = {
  type: "ping",
  conn: "1",
  at: momentAt(0),
  dir: "in",
  data: Buffer.from("beat"),
};
const [packed] = framesAt("1", [
  { ms: 0, opcode: 1, rsv1: true, payload: deflated("x".repeat(99)) },
]);

describe("a row", () => {
  it("is a frame, or what stands in its place", () => {
    expect(captureEvents().filter(isRow)).toHaveLength(16);
    expect([messageAt(0, "in", "a"), ping, closeAt(0)].map(isRow)).toEqual([true, true, false]);
  });

  it.each<[RowEvent, number, number, string]>([
    [ping, 9, 4, "beat"],
    [{ ...ping, type: "pong" }, 10, 4, "beat"],
    [messageAt(0, "in", "text"), 1, 4, "text"],
    [messageAt(0, "in", Uint8Array.of(0x61)), 2, 1, "a"],
    [{ ...messageAt(0, "in", "abc"), omitted: 7 }, 1, 10, "abc"],
    [packed!, 1, packed!.frame.header.length, "x".repeat(99)],
  ])("%# tells its opcode, its length and what it says", (event, opcode, length, content) => {
    expect(rowOpcode(event)).toBe(opcode);
    expect(rowLength(event)).toBe(length);
    expect(Buffer.from(rowContent(event, false)!).toString()).toBe(content);
  });

  it("says nothing where it is a part of a compressed message", () => {
    const [part, control] = framesAt("1", [
      { ms: 0, opcode: 0, payload: "?" },
      { ms: 0, opcode: 9, payload: "p" },
    ]);
    expect(rowContent(part!, true)).toBeUndefined();
    expect(rowContent(control!, true)).toEqual(control!.frame.payload);
  });
});

describe("the message of a row", () => {
  it("is that of the last frame, or the message itself", () => {
    expect(rowMessage(packed!)?.message).toBe(packed!.message);
    expect(rowMessage(ping)).toBeUndefined();
    expect(rowMessage(framesAt("1", [{ ms: 0, opcode: 1, fin: false }])[0]!)).toBeUndefined();
    expect(rowMessage({ ...messageAt(0, "in", "abc"), omitted: 7 })?.message).toMatchObject({
      wireLength: 10,
      fragments: 1,
      compressed: false,
      cut: true,
    });
    const known = { ...messageAt(0, "in", "abcdef"), wireLength: 3, fragments: 2 };
    expect(rowMessage(known)?.message).toMatchObject({
      compressed: true,
      fragments: 2,
      cut: false,
    });
  });
});

describe("a frame as the message that it completes", () => {
  it("is that message, inflated", () => {
    expect(asMessage(packed!)).toMatchObject({
      type: "message",
      dir: packed!.dir,
      kind: "text",
      data: Buffer.from("x".repeat(99)),
      wireLength: packed!.frame.header.length,
      fragments: 1,
    });
  });

  it("tells that bytes are missing", () => {
    const message = { ...packed!.message!, cut: true };
    expect(asMessage({ ...packed!, message })).toMatchObject({ omitted: 1 });
  });

  it("is the frame itself where it completes none, as is any other event", () => {
    const [part] = framesAt("1", [{ ms: 0, opcode: 1, fin: false, payload: "x" }]);
    for (const event of [part!, ping, closeAt(0)]) expect(asMessage(event)).toBe(event);
  });
});
