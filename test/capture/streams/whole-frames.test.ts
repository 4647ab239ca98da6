import fc from "fast-check";
import { expect, it } from "vitest";
import { Slab, WholeFrames } from "../../../src/capture/streams/whole-frames.ts";
import type { Frame } from "../../../src/protocol/frame.ts";
import { FrameParser } from "../../../src/protocol/parser.ts";
import { concat } from "../../helpers/bytes.ts";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { anyFrame, anyStream, summary } from "../../helpers/frames.ts";

const EXPECTED = {
  sender: "client" as const,
  deflate: true,
  maxFrameLength: Number.POSITIVE_INFINITY,
};

/** The frames at the beginning of a packet, and how long they are. */
function read(bytes: Uint8Array) {
  const whole = new WholeFrames();
  whole.begin(concat([Uint8Array.of(1), bytes]), 1, bytes.length + 1, 100, EXPECTED);
  const frames: Frame[] = [];
  for (let frame = whole.next(); frame; frame = whole.next()) frames.push(frame);
  return { frames, used: whole.used };
}

it("they are the same as the parser's, as far as they are whole", () => {
  const streams = fc.oneof(
    anyStream,
    fc.array(anyFrame, { maxLength: 6 }).map((specs) => concat(specs.map(encodeFrame))),
  );
  fc.assert(
    fc.property(streams, (bytes) => {
      const { frames, used } = read(bytes);
      const parser = new FrameParser({ ...EXPECTED, position: 100 });
      const expected = parser.push(bytes);
      const long = expected.findIndex(({ header }) => header.lengthForm === 64);
      expect(frames.map(summary)).toEqual(
        expected.slice(0, long === -1 ? undefined : long).map(summary),
      );
      const last = frames.at(-1)?.header;
      expect(used).toBe(last ? last.offset + last.headerLength + last.length - 100 : 0);
    }),
    { numRuns: 300 },
  );
});

it("what was handed out is not changed by what comes later", () => {
  const slab = new Slab();
  const copy = (bytes: Uint8Array, start: number, end: number): Uint8Array => {
    const at = slab.copy(bytes, start, end);
    return slab.bytes.subarray(at, at + end - start);
  };
  const first = copy(Uint8Array.of(1, 2, 3), 1, 3);
  const second = copy(new Uint8Array(200).fill(8), 100, 200);
  const third = copy(new Uint8Array(200_000).fill(9), 0, 200_000);
  copy(Uint8Array.of(4), 0, 1);
  expect([...first]).toEqual([2, 3]);
  expect(second).toEqual(new Uint8Array(100).fill(8));
  expect(third).toEqual(new Uint8Array(200_000).fill(9));
});
