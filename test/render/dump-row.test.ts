import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowClock, rowPreview, RowReader } from "../../src/render/dump-row.ts";
import { displayWidth } from "../../src/width.ts";
import { closeAt, messageAt, momentAt } from "../helpers/connect-events.ts";
import { deflated, framesAt, rawEvents } from "../helpers/dump-events.ts";
import { anyFrame } from "../helpers/frames.ts";

describe("what a row tells", () => {
  it("of frames, in their order", () => {
    const reader = new RowReader();
    const [first, last, lone] = framesAt("1", [
      { ms: 0, opcode: 1, fin: false, rsv1: true, rsv3: true, maskKey: 7, payload: deflated("hi") },
      { ms: 1, opcode: 0, maskKey: 8 },
      { ms: 2, opcode: 0xb },
    ]).map((event) => reader.read(event));
    expect(first).toEqual({
      place: { kind: "text", compressed: true },
      opcode: "text",
      length: "4",
      fin: "",
      reserved: "RSV1 RSV3",
      mask: "00000007",
      offset: "0",
      fragment: "1",
      inflated: "",
    });
    expect(last).toMatchObject({ opcode: "cont.", fragment: "2", inflated: "inflates to 2 B" });
    expect(lone).toMatchObject({ opcode: "0xb", fragment: "", mask: "" });
  });

  it("of messages only what is known", () => {
    const facts = new RowReader().read({ ...messageAt(0, "in", "abc"), omitted: 9997 });
    expect(facts).toMatchObject({ opcode: "text", length: "10,000", fin: "", offset: "" });
  });

  it("forgets a connection that has ended", () => {
    const reader = new RowReader();
    const [start, rest] = framesAt("1", [
      { ms: 0, opcode: 1, fin: false },
      { ms: 0, opcode: 0 },
    ]);
    reader.read(start!);
    reader.forget("1");
    expect(reader.read(rest!).place.kind).toBe("binary");
  });
});

describe("a payload on one line", () => {
  const place = { kind: "text", compressed: false } as const;
  const preview = (text: string, columns: number, maxPrint = 99) =>
    rowPreview(messageAt(0, "in", text), place, { columns, maxPrint });

  it.each([
    ["hello", 5, 99, "hello"],
    ["hello", 4, 99, "hel…"],
    ["hello", 99, 3, "hel…"],
    ["héllo", 99, 2, "h…"],
    ["日本語", 5, 99, "日本…"],
    ["a\x1b\n", 9, 99, "a\\x1b\\n"],
    ["", 9, 99, ""],
    ["hello", 0, 99, ""],
    ["hello", -1, 99, ""],
  ])("%j in %d columns and %d bytes: %s", (text, columns, maxPrint, expected) =>
    expect(preview(text, columns, maxPrint)).toBe(expected),
  );

  it("in hex where it is binary", () => {
    const event = messageAt(0, "in", Uint8Array.of(1, 2, 3));
    const inColumns = (columns: number, maxPrint = 99) =>
      rowPreview(event, { ...place, kind: "binary" }, { columns, maxPrint });
    expect([inColumns(6), inColumns(5), inColumns(2), inColumns(99, 1)]).toEqual([
      "010203",
      "0102…",
      "…",
      "01…",
    ]);
  });

  it("fits whatever the frame, and moves no cursor", () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(60), fc.nat(80), (spec, columns, maxPrint) => {
        const [event] = framesAt("1", [{ ...spec, ms: 0 }]);
        const facts = new RowReader().read(event!);
        const text = rowPreview(event!, facts.place, { columns, maxPrint });
        expect(displayWidth(text)).toBeLessThanOrEqual(columns);
        expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
      }),
    );
  });
});

describe("the clock of rows", () => {
  it("counts from row to row, backwards too", () => {
    const clock = new RowClock();
    const events = [closeAt(0), messageAt(1, "in", ""), closeAt(2), messageAt(1500, "in", "")];
    expect(events.map((event) => clock.pass(event))).toEqual(["", "", "", "+1.50s"]);
    expect(clock.pass(messageAt(1499.5, "in", ""))).toBe("-0.50ms");
    expect([clock.isTimed, clock.first]).toEqual([true, momentAt(0).ns]);
  });

  it("tells nothing where there are no times", () => {
    const clock = new RowClock();
    expect(rawEvents().map((event) => clock.pass(event))).toEqual(["", "", ""]);
    expect(clock.isTimed).toBe(false);
  });
});
