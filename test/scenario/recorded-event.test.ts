import { describe, expect, it } from "vitest";
import { parseRecordedEvent } from "../../src/scenario/recorded-event.ts";
import { concat, hex, utf8 } from "../helpers/bytes.ts";
import { after, frameLines, messageLine, openLine, recorded } from "../helpers/recorded.ts";

function parse(line: string) {
  return parseRecordedEvent(utf8(line), "x, line 3");
}

const COMMON = { conn: "1", ns: after(2).ns };

describe("parseRecordedEvent", () => {
  it("reads messages, the payload only of those sent", () => {
    expect(parse(messageLine(2, "out", "hällo"))).toEqual({
      ...COMMON,
      type: "message",
      dir: "out",
      kind: "text",
      payload: Buffer.from("hällo"),
    });
    expect(parse(messageLine(2, "in", hex("00ff")))).toEqual({
      ...COMMON,
      type: "message",
      dir: "in",
      kind: "binary",
      payload: new Uint8Array(0),
    });
  });

  it("reads data frames", () => {
    const [line = ""] = frameLines(2, "out", [{ opcode: 2, fin: false, payload: hex("00ff") }]);
    expect(parse(line)).toEqual({
      ...COMMON,
      type: "frame",
      dir: "out",
      fin: false,
      opcode: 2,
      payload: Buffer.of(0, 0xff),
    });
  });

  it("knows when the connection opened", () => {
    expect(parse(openLine(2))).toEqual({ ...COMMON, type: "open" });
    expect(parse('{"v":"framecat.event/1","conn":"1","type":"handshake"}')).toEqual({
      conn: "1",
      ns: undefined,
      type: "open",
    });
  });

  it("passes over all else", () => {
    const state = { type: "state", state: "CLOSING", conn: "1", at: after(2) } as const;
    const [ping = ""] = frameLines(2, "out", [{ opcode: 9, payload: "x" }]);
    const unknown = ping.replace('"type":"frame"', '"type":"news"');
    for (const line of [recorded(state), ping, unknown]) {
      expect(parse(line)).toEqual({ ...COMMON, type: "other" });
    }
  });

  it.each([
    [{ opcode: 1, rsv1: true }, "the frame is compressed, and no message is recorded beside it"],
    [{ opcode: 3 }, "the frame has a reserved opcode"],
  ])("tells why %j is not to be replayed", (sketch, flaw) => {
    const [line = ""] = frameLines(2, "out", [{ ...sketch, payload: "x" }]);
    expect(parse(line)).toMatchObject({ flaw });
  });

  it.each([
    messageLine(2, "out", "hello").replace('"length":5', '"length":9'),
    messageLine(2, "out", hex("00ff")).replace('"AP8="', '"A"'),
    frameLines(2, "out", [{ opcode: 1, payload: "hello" }])[0]!.replace('"hello"', '"hell"'),
  ])("sees that a payload is not whole: %s", (line) => {
    expect(parse(line)).toMatchObject({ flaw: "the payload is not as long as what was sent" });
  });

  it.each([
    ["", "no whole line of JSON"],
    ['{"v":"framecat.event/1"', "no whole line of JSON"],
    ["[]", "not an event of framecat.event/1"],
    ["null", "not an event of framecat.event/1"],
    ["7", "not an event of framecat.event/1"],
    ['{"v":"framecat.event/2","conn":"1","type":"note"}', "not an event of framecat.event/1"],
    ['{"v":"framecat.event/1","type":"note"}', "not an event of framecat.event/1"],
    [messageLine(2, "out", "x").replace('"out"', '"up"'), "neither in nor out"],
    [messageLine(2, "out", "x").replace('"kind":"text"', '"kind":"x"'), "a message of no kind"],
    [messageLine(2, "out", "x").replace('"text":"x"', '"text":1'), "neither text nor base64"],
  ])("refuses %j", (line, message) => {
    expect(() => parse(line)).toThrow(
      expect.objectContaining({ code: "usage", message: `x, line 3: ${message}` }),
    );
  });

  it("refuses bytes that are no text, instead of altering them", () => {
    const line = concat([utf8('{"v":"'), hex("ff"), utf8('"}')]);
    expect(() => parseRecordedEvent(line, "x, line 3")).toThrow("x, line 3: not UTF-8");
  });
});
