import { expect, it } from "vitest";
import { FrameBatch } from "../../src/bench/frame-batch.ts";
import { hex, toHex } from "../helpers/bytes.ts";

const FRAME = hex("81 82 00000001 6163");

it("holds the same frame as often as asked for", () => {
  const batch = new FrameBatch(FRAME, 16);
  expect([batch.frameLength, batch.max]).toEqual([8, 16]);
  for (const count of [0, 1, 2, 16]) {
    expect(toHex(batch.of(count))).toBe(toHex(FRAME).repeat(count));
  }
});

it("allocates nothing for what it gives", () => {
  const batch = new FrameBatch(FRAME, 4);
  expect(batch.of(3)).toBe(batch.of(3));
  expect(batch.of(3).buffer).toBe(batch.of(4).buffer);
});

it.each([
  [100_000, 16, 2],
  [256 * 1024, 16, 1],
  [2 ** 20, 16, 1],
  [6, 0, 1],
  [6, 1_000_000, 43_690],
])("of frames of %i bytes, %i at most, takes %i in one write", (length, atMost, max) => {
  const batch = new FrameBatch(new Uint8Array(length), atMost);
  expect([batch.max, batch.of(max).length]).toEqual([max, max * length]);
});
