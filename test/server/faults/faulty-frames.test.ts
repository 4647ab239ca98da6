import fc from "fast-check";
import { expect, it } from "vitest";
import {
  encodeFaulty,
  fragmentCount,
  type FrameErrors,
} from "../../../src/server/faults/faulty-frames.ts";
import { concat, hex, toHex, utf8 } from "../../helpers/bytes.ts";
import { parse } from "../../helpers/frames.ts";

it.each<[string, FrameErrors, string, Uint8Array]>([
  ["nothing is wrong", {}, "Hi", hex("81024869")],
  ["it is masked", { maskKey: 0x37fa213d }, "Hello", hex("818537fa213d7f9f4d5158")],
  ["RSV1", { rsv1: true }, "Hi", hex("c1024869")],
  ["RSV2 and RSV3", { rsv2: true, rsv3: true }, "Hi", hex("b1024869")],
  ["an opcode", { opcode: 11 }, "Hi", hex("8b024869")],
  ["fragments", { fragmentSize: 2 }, "Hello", hex("01024865 00026c6c 80016f")],
  ["fragments of an empty message", { fragmentSize: 2 }, "", hex("8100")],
  [
    "all of it",
    { opcode: 3, rsv1: true, rsv2: true, fragmentSize: 2, maskKey: 0x01020304 },
    "abc",
    hex("6382010203046060 a0810102030462"),
  ],
])("%s", (_, errors, text, frames) => {
  expect(toHex(encodeFaulty(utf8(text), false, errors))).toBe(toHex(frames));
});

it("is the message it was, in fragments of any size, masked or not", () => {
  const sizes = fc.integer({ min: 1, max: 400 });
  const keys = fc.option(fc.nat(2 ** 32 - 1), { nil: undefined });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), sizes, keys, (payload, fragmentSize, key) => {
      const errors = { fragmentSize, ...(key !== undefined && { maskKey: key }) };
      const { frames, end } = parse([encodeFaulty(payload, true, errors)]);
      expect(end).toBeUndefined();
      expect(frames).toHaveLength(fragmentCount(payload, fragmentSize));
      expect(frames.map(({ header }) => header.opcode)).toEqual(frames.map((_, i) => (i ? 0 : 2)));
      expect(frames.map(({ header }) => header.fin)).toEqual(
        frames.map((_, i) => i === frames.length - 1),
      );
      expect(toHex(concat(frames.map((frame) => frame.payload)))).toBe(toHex(payload));
      for (const frame of frames) expect(frame.payload.length).toBeLessThanOrEqual(fragmentSize);
    }),
  );
});
