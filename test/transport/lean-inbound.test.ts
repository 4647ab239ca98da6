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

describe("where payloads are wanted", () => {
  /** All messages and pongs, as they are told. */
  function collect(pieces: readonly Uint8Array[], deflate = false) {
    const told: string[] = [];
    const inbound = new LeanInbound(
      "server",
      {
        onPing: () => undefined,
        onCloseFrame: () => told.push("close"),
        onViolation: ({ rule }) => told.push(rule),
        onPong: (payload) => told.push(`pong ${toHex(payload)}`),
        onMessage: (payload, opcode, compressed) => {
          told.push(`${opcode}${compressed ? "z" : ""} ${toHex(payload)}`);
        },
      },
      { deflate, payloads: true },
    );
    for (const piece of pieces) inbound.push(piece, 0, piece.length);
    return told;
  }

  it("messages come whole, however they are fragmented and split", () => {
    fc.assert(
      fc.property(soundFrames("server"), splitPoints, (frames, points) => {
        const expected: string[] = [];
        let message: Uint8Array[] = [];
        let kind = 0;
        for (const { opcode, fin = true, payload = hex() } of frames) {
          if (opcode === 10) expected.push(`pong ${toHex(payload)}`);
          if (opcode >= 8) continue;
          if (opcode > 0) kind = opcode;
          message.push(payload);
          if (!fin) continue;
          expected.push(`${kind} ${toHex(concat(message))}`);
          message = [];
        }
        expect(collect(splitAt(encodeAll(frames), points))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("messages come as they were compressed, and are told to be", () => {
    // RFC 7692, section 7.2.3.1: "Hello", whole and in two fragments; then one that is not compressed.
    const bytes = hex(
      "c1 07 f248cdc9c90700",
      "41 03 f248cd",
      "8a 00",
      "80 04 c9c90700",
      "82 01 ff",
    );
    const expected = ["1z f248cdc9c90700", "pong ", "1z f248cdc9c90700", "2 ff"];
    for (const pieces of [[bytes], singly(bytes)]) expect(collect(pieces, true)).toEqual(expected);
  });

  it("a compressed one is a violation where that was not agreed on", () => {
    expect(collect([hex("c1 07 f248cdc9c90700")])).toEqual(["rsv-not-negotiated"]);
  });

  it("what would fill the memory is not kept", () => {
    const header = hex("82 7f 0000000005000000");
    const piece = new Uint8Array(8 * 2 ** 20);
    const pieces = [header, ...Array.from({ length: 10 }, () => piece)];
    expect(collect(pieces)).toEqual(["length-over-limit"]);
  });
});

it("tells pongs to nobody who does not want them", () => {
  expect(receive([hex("8a 01 61", "81 00")])).toEqual({ messages: 1, told: [], idle: true });
});
