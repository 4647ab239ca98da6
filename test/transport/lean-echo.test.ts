import fc from "fast-check";
import { expect, it } from "vitest";
import type { FrameSpec } from "../../src/protocol/encoder.ts";
import { LeanEcho } from "../../src/transport/lean-echo.ts";
import { concat, hex, singly, splitAt, splitPoints, toHex } from "../helpers/bytes.ts";
import { encodeAll, soundFrames } from "../helpers/load-frames.ts";

/** What an echo writes for the pieces, a list for each piece. */
function echo(pieces: readonly Uint8Array[]) {
  const writes: Buffer[][] = [];
  let ended = 0;
  const server = new LeanEcho({
    write: (bytes) => writes.at(-1)!.push(Buffer.from(bytes)),
    end: () => (ended += 1),
  });
  for (const piece of pieces) {
    writes.push([]);
    server.push(Buffer.from(piece));
  }
  return { writes, ended, bytes: concat(writes.flat()) };
}

function answersTo(frames: readonly FrameSpec[]): FrameSpec[] {
  return frames
    .filter(({ opcode }) => opcode !== 10)
    .map((frame) => ({
      ...frame,
      maskKey: undefined,
      opcode: frame.opcode === 9 ? 10 : frame.opcode,
    }));
}

it("answers each frame by the same one without a mask, Ping by Pong, however they are split", () => {
  fc.assert(
    fc.property(soundFrames("client"), splitPoints, (frames, points) => {
      const { bytes, ended } = echo(splitAt(encodeAll(frames), points));
      expect(toHex(bytes)).toBe(toHex(encodeAll(answersTo(frames))));
      expect(ended).toBe(0);
    }),
    { numRuns: 200 },
  );
});

it("answers all that one read brings in one write", () => {
  const frame = encodeAll([{ opcode: 1, maskKey: 0x01020304, payload: hex("61 62 63") }]);
  expect(echo([concat([frame, frame, frame])]).writes).toEqual([
    [Buffer.from(hex("81 03 616263 81 03 616263 81 03 616263"))],
  ]);
});

it("answers byte by byte", () => {
  const frames = [{ opcode: 2, maskKey: 0xa1b2c3d4, payload: new Uint8Array(130).fill(7) }];
  expect(toHex(echo(singly(encodeAll(frames))).bytes)).toBe(toHex(encodeAll(answersTo(frames))));
});

it.each([
  ["a code and a reason", "88 85 00000000 03e8 627965", "88 02 03e8"],
  ["no code", "88 80 00000000", "88 00"],
  ["half a code", "88 81 00000000 03", "88 02 03ea"],
  ["a code that may not travel", "88 82 00000000 03ee", "88 02 03ea"],
])("answers a Close with %s, and stops", (_, question, answer) => {
  const ping = "89 80 00000000";
  for (const pieces of [[hex(question, ping)], singly(hex(question, ping))]) {
    const { bytes, ended } = echo(pieces);
    expect([toHex(bytes), ended]).toEqual([toHex(hex(answer)), 1]);
  }
});

it.each([
  ["an unmasked frame", "81 00"],
  ["a reserved bit", "c1 80 00000000"],
  ["a continuation of nothing", "80 80 00000000"],
])("ends with 1002 at %s, after what came before", (_, broken) => {
  const { bytes, ended } = echo([hex("81 81 00000000 61", broken, "81 80 00000000")]);
  expect([toHex(bytes), ended]).toEqual(["810161880203ea", 1]);
});
