import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FrameSpec } from "../../src/protocol/encoder.ts";
import { LeanInbound } from "../../src/transport/lean-inbound.ts";
import { concat, hex, singly, splitAt, splitPoints, toHex } from "../helpers/bytes.ts";
import { BROKEN_BY_SERVER, countMessages, encodeAll, soundFrames } from "../helpers/load-frames.ts";

/** What an inbound tells of the pieces. */
function receive(pieces: readonly Uint8Array[], sender: "client" | "server" = "server") {
  const told: string[] = [];
  const inbound = new LeanInbound(sender, {
    onPing: (payload) => told.push(`ping ${toHex(payload)}`),
    onCloseFrame: (payload) => told.push(`close ${toHex(payload)}`),
    onViolation: ({ rule }) => told.push(rule),
  });
  let messages = 0;
  for (const piece of pieces) messages += inbound.push(piece, 0, piece.length);
  return { messages, told, idle: inbound.idle };
}

describe.each(["client", "server"] as const)("frames of a %s", (sender) => {
  it("are counted, and pings handed on, however they are split", () => {
    fc.assert(
      fc.property(soundFrames(sender), splitPoints, (frames, points) => {
        const pings = frames.filter(({ opcode }) => opcode === 9);
        expect(receive(splitAt(encodeAll(frames), points), sender)).toEqual({
          messages: countMessages(frames),
          told: pings.map(({ payload = hex() }) => `ping ${toHex(payload)}`),
          idle: true,
        });
      }),
      { numRuns: 50 },
    );
  });
});

it("takes its part of a larger buffer", () => {
  const bytes = concat([hex("ff ff"), hex("81 01 61"), hex("ff")]);
  const inbound = new LeanInbound("server", {
    onPing: () => undefined,
    onCloseFrame: () => undefined,
    onViolation: () => undefined,
  });
  expect(inbound.push(bytes, 2, 5)).toBe(1);
});

it("is busy between the fragments of a message, and within a header", () => {
  expect(receive([hex("01 00")]).idle).toBe(false);
  expect(receive([hex("81")]).idle).toBe(false);
  expect(receive([hex("81 02 61")]).idle).toBe(false);
});

it("looks at nothing after a Close frame", () => {
  const bytes = hex("81 00", "88 02 03e8", "81 00", "89 00");
  for (const pieces of [[bytes], singly(bytes)]) {
    expect(receive(pieces)).toEqual({ messages: 1, told: ["close 03e8"], idle: false });
  }
});

it.each(BROKEN_BY_SERVER)("stops at %s", (rule, frame: FrameSpec) => {
  const bytes = concat([hex("81 00"), encodeAll([frame]), hex("81 00 89 00")]);
  for (const pieces of [[bytes], singly(bytes)]) {
    expect(receive(pieces)).toEqual({ messages: 1, told: [rule], idle: false });
  }
});
