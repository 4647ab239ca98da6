import { describe, expect, it } from "vitest";
import { parseFrame } from "../../src/repl/frame-notation.ts";

const RANDOM = { maskKey: "random" } as const;

describe("a typed frame", () => {
  it.each([
    ["text hello", { opcode: 1, ...RANDOM }, "hello"],
    ["text", { opcode: 1, ...RANDOM }, ""],
    ["0x3 rsv2 nomask x y", { opcode: 3, rsv2: true, maskKey: undefined }, "x y"],
    ["11 rsv1 rsv3 nofin", { opcode: 11, rsv1: true, rsv3: true, fin: false, ...RANDOM }, ""],
    ["cont fin last", { opcode: 0, fin: true, ...RANDOM }, "last"],
    ["ping mask=00000000 hi", { opcode: 9, maskKey: 0 }, "hi"],
    ["binary length=18446744073709551615 form=64", { lengthForm: 64 }, ""],
    ["text -- nomask", { opcode: 1, ...RANDOM }, "nomask"],
    ["text nomask  two spaces", { maskKey: undefined }, " two spaces"],
    ["text a=b", { opcode: 1 }, "a=b"],
    ["text constructor", { opcode: 1 }, "constructor"],
    ["close hex:03e8", { opcode: 8 }, "\x03\xe8"],
  ])("%j", (line, settings, payload) => {
    const frame = parseFrame(line);
    expect(frame).toMatchObject(settings);
    expect(Buffer.from(frame.payload ?? []).toString("latin1")).toBe(payload);
  });

  it("tells the length that is asked for, whatever it holds", () => {
    expect(parseFrame("text length=200 x").declaredLength).toBe(200n);
  });

  it.each([
    ["", '"" is no opcode'],
    ["16", '"16" is no opcode'],
    ["0x10", '"0x10" is no opcode'],
    ["hello", '"hello" is no opcode'],
    ["text mask=12", "mask=12 is no masking key"],
    ["text length=-1", "length=-1 is no length"],
    ["text form=8", "form=8 is none of the forms"],
    ["text hex:0", "is no hex"],
  ])("%j is refused", (line, message) => {
    expect(() => parseFrame(line)).toThrow(message);
  });
});
