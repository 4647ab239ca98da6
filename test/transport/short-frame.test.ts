import { expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { MAX_SHORT_PAYLOAD, shortFrame } from "../../src/transport/short-frame.ts";

it.each([0, 1, 20, MAX_SHORT_PAYLOAD])("is the frame of a message of %i bytes", (length) => {
  const payload = Buffer.alloc(length, "framecat");
  for (const [opcode, binary] of [
    [1, false],
    [2, true],
  ] as const) {
    expect(Buffer.from(encodeFrame({ opcode, payload }))).toEqual(shortFrame(payload, binary));
  }
});

it("is a copy: what it was made of may change", () => {
  const payload = Buffer.from("a");
  const frame = shortFrame(payload, false);
  payload[0] = 0x62;
  expect(frame.toString("hex")).toBe("810161");
});
