import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, encodeHeader, type FrameSpec } from "../../src/protocol/encoder.ts";
import { filler, hex, toHex, utf8 } from "../helpers/bytes.ts";
import { CUT_FRAMES, type FrameExample, WHOLE_FRAMES } from "../helpers/frame-corpus.ts";
import { anyFrame } from "../helpers/frames.ts";
import { sendWithWs } from "../helpers/ws.ts";

describe("encodeFrame", () => {
  it.each([...WHOLE_FRAMES, ...CUT_FRAMES])("$name", ({ wire, spec }: FrameExample) => {
    expect(toHex(encodeFrame(spec))).toBe(toHex(wire));
  });

  it("leaves the payload that it is given as it is", () => {
    const payload = filler(100);
    encodeFrame({ opcode: 2, payload, maskKey: 0x01020304 });
    expect(payload).toEqual(filler(100));
  });

  it("writes a length that is shorter than the payload", () => {
    const wire = encodeFrame({ opcode: 2, payload: filler(3), declaredLength: 1 });
    expect(toHex(wire)).toBe("8201000102");
  });

  it("writes the largest length that there is", () => {
    const wire = encodeFrame({ opcode: 2, declaredLength: 2n ** 64n - 1n });
    expect(toHex(wire)).toBe("827fffffffffffffffff");
  });

  it("makes the octets that the Sender of ws makes", async () => {
    const property = fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
      const data = utf8(text);
      const wire = await sendWithWs([{ kind: "text", data }], { mask: false });
      expect(toHex(encodeFrame({ opcode: 1, payload: data }))).toBe(toHex(wire));
    });
    await fc.assert(property);
  });
});

describe("encodeHeader", () => {
  it("is the beginning of the whole frame", () => {
    const property = fc.property(anyFrame, (spec) => {
      const frame = encodeFrame(spec);
      const header = encodeHeader(spec);
      expect(toHex(header)).toBe(toHex(frame.subarray(0, frame.length - spec.payload!.length)));
    });
    fc.assert(property);
  });

  it("writes a header for a payload that is sent apart", () => {
    const header = encodeHeader({ opcode: 2, declaredLength: 70_000, maskKey: 0x37fa213d });
    expect(header).toEqual(hex("82 ff 00 00 00 00 00 01 11 70 37 fa 21 3d"));
  });
});

describe("what does not fit its bits is refused", () => {
  const refused: readonly (readonly [string, FrameSpec])[] = [
    ["opcode 16", { opcode: 16 }],
    ["opcode -1", { opcode: -1 }],
    ["opcode 1.5", { opcode: 1.5 }],
    ["opcode NaN", { opcode: Number.NaN }],
    ["126 bytes in 7 bits", { opcode: 2, payload: filler(126), lengthForm: 7 }],
    ["65536 bytes in 16 bits", { opcode: 2, declaredLength: 65_536, lengthForm: 16 }],
    ["2^64 bytes", { opcode: 2, declaredLength: 2n ** 64n }],
    ["a negative length", { opcode: 2, declaredLength: -1 }],
    ["a fraction of a byte", { opcode: 2, declaredLength: 1.5 }],
    ["a length that is no number", { opcode: 2, declaredLength: Number.NaN }],
    ["a masking key of 33 bits", { opcode: 2, maskKey: 2 ** 32 }],
    ["a negative masking key", { opcode: 2, maskKey: -1 }],
    ["a masking key with a fraction", { opcode: 2, maskKey: 0.5 }],
  ];

  it.each(refused)("%s", (_name, spec) => {
    expect(() => encodeFrame(spec)).toThrow(RangeError);
    expect(() => encodeHeader(spec)).toThrow(RangeError);
  });
});
