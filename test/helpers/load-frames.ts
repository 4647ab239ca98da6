import fc from "fast-check";
import { encodeFrame, type FrameSpec } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { concat } from "./bytes.ts";

const key = fc.nat(0xffffffff);
const payload = fc
  .tuple(fc.oneof(fc.nat(130), fc.constantFrom(0, 125, 126, 1000, 65_535, 65_536)), fc.nat(255))
  .map(([length, seed]) => Uint8Array.from({ length }, (_, i) => (i * 7 + seed) % 256));
const control = fc
  .tuple(fc.constantFrom<number>(Opcode.ping, Opcode.pong), fc.uint8Array({ maxLength: 125 }))
  .map(([opcode, bytes]): FrameSpec => ({ opcode, payload: bytes }));

/** One message: a frame or fragments, with control frames between them. */
const message = fc
  .tuple(
    fc.constantFrom<number>(Opcode.text, Opcode.binary),
    fc.array(fc.tuple(payload, fc.array(control, { maxLength: 1 })), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([opcode, fragments]) =>
    fragments.flatMap(([bytes, between], i): FrameSpec[] => [
      { opcode: i === 0 ? opcode : 0, fin: i === fragments.length - 1, payload: bytes },
      ...between,
    ]),
  );

/** Messages in order, as frames that break no rule; those of a client are masked. */
export function soundFrames(sender: "client" | "server"): fc.Arbitrary<FrameSpec[]> {
  return fc
    .tuple(fc.array(message, { maxLength: 5 }), fc.array(key, { minLength: 64, maxLength: 64 }))
    .map(([messages, keys]) =>
      messages
        .flat()
        .map((frame, i) => (sender === "client" ? { ...frame, maskKey: keys[i % 64] } : frame)),
    );
}

export function encodeAll(frames: readonly FrameSpec[]): Uint8Array<ArrayBuffer> {
  return concat(frames.map((frame) => encodeFrame(frame)));
}

/** How many messages the frames complete. */
export function countMessages(frames: readonly FrameSpec[]): number {
  return frames.filter(({ opcode, fin = true }) => opcode < 8 && fin).length;
}

/** Frames that break one rule each when a server sends them at the start. */
export const BROKEN_BY_SERVER: readonly (readonly [rule: string, frame: FrameSpec])[] = [
  ["server-frame-masked", { opcode: 1, maskKey: 1, payload: new Uint8Array(2) }],
  ["rsv-not-negotiated", { opcode: 1, rsv1: true }],
  ["rsv-not-negotiated", { opcode: 2, rsv3: true }],
  ["opcode-reserved", { opcode: 3 }],
  ["opcode-reserved", { opcode: 11 }],
  ["length-not-minimal", { opcode: 1, lengthForm: 16, payload: new Uint8Array(2) }],
  ["length-top-bit", { opcode: 2, declaredLength: 2n ** 63n }],
  ["control-too-long", { opcode: 9, payload: new Uint8Array(126) }],
  ["control-fragmented", { opcode: 10, fin: false }],
  ["continuation-without-start", { opcode: 0 }],
];
