import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, type FrameSpec } from "../../../src/protocol/encoder.ts";
import { createInflate } from "../../../src/transport/inflater.ts";
import { FrameGate, type FrameLimits } from "../../../src/transport/relay/frame-gate.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, toHex } from "../../helpers/bytes.ts";
import { createDeflateStream } from "../../helpers/relay-deflate.ts";

const frame = (length: number, more: Partial<FrameSpec> = {}): Uint8Array =>
  encodeFrame({ opcode: 2, payload: filler(length), maskKey: 0x01020304, ...more });
const first = (length: number): Uint8Array => frame(length, { fin: false });
const next = (length: number, fin = true): Uint8Array => frame(length, { opcode: 0, fin });
const ping = frame(3, { opcode: 9 });
const close = frame(2, { opcode: 8 });

/** What passes of a stream, and what the gate says, the same whole and byte by byte. */
function passed(limits: FrameLimits, frames: readonly Uint8Array[], inflate = false) {
  const stream = concat([...frames]);
  const outcomes = [[stream], singly(stream)].map((pieces) => {
    const gate = new FrameGate(limits, inflate ? createInflate() : undefined);
    const through = concat(pieces.flatMap((piece) => [...gate.take(piece)]));
    expect(toHex(concat([through, ...gate.rest()]))).toBe(toHex(stream));
    expect(gate.size).toBe(0);
    return { through: toHex(through), breach: gate.breach };
  });
  expect(outcomes[1]).toEqual(outcomes[0]);
  return outcomes[0]!;
}

describe("a gate", () => {
  it.each<[string, FrameLimits, Uint8Array[], number, string | undefined]>([
    ["a message of the limit", { maxMessageLength: 300 }, [frame(300), ping], 2, undefined],
    [
      "a message beyond it",
      { maxMessageLength: 300 },
      [frame(5), frame(301), frame(1)],
      1,
      "length",
    ],
    [
      "fragments beyond it",
      { maxMessageLength: 9 },
      [first(5), ping, next(5), frame(1)],
      2,
      "length",
    ],
    ["each message anew", { maxMessageLength: 9 }, [first(5), next(4), frame(9)], 3, undefined],
    ["a ping, whatever its length", { maxMessageLength: 1 }, [ping, frame(1)], 2, undefined],
    ["so many fragments", { maxFragments: 2 }, [first(1), next(1), first(1), ping], 4, undefined],
    ["more", { maxFragments: 2 }, [first(1), next(1, false), ping, next(0)], 3, "fragments"],
    ["what comes after a Close", { maxMessageLength: 1 }, [close, frame(9)], 2, undefined],
    ["what begins and may not", { mayBegin: () => false }, [ping, frame(0)], 1, "rate"],
  ])("%s", (_, limits, frames, count, breach) => {
    const through = toHex(concat(frames.slice(0, count)));
    expect(passed(limits, frames)).toEqual({ through, breach });
  });

  it("asks once a message whether it may begin, with the first frame alone", () => {
    let asked = 0;
    const mayBegin = (): boolean => ++asked <= 4;
    const frames = [first(1), ping, next(1, false), next(1), frame(2), close];
    expect(passed({ mayBegin }, frames).breach).toBeUndefined();
    // Twice each: the stream is tried whole and byte by byte.
    expect(asked).toBe(4);
  });

  it("lets what is allowed through as it comes, headers when they are whole", () => {
    const gate = new FrameGate({ maxMessageLength: 1000 }, undefined);
    const stream = frame(200);
    const lengths = singly(stream.subarray(0, 10)).map(
      (piece) => concat([...gate.take(piece)]).length,
    );
    expect(lengths).toEqual([0, 0, 0, 0, 0, 0, 0, 8, 1, 1]);
  });

  it("changes nothing where nothing is beyond a limit", () => {
    const anyFrame = fc
      .record({ opcode: fc.nat(15), fin: fc.boolean(), rsv1: fc.boolean(), size: fc.nat(300) })
      .map(({ size, ...more }) => frame(size, more));
    fc.assert(
      fc.property(fc.array(anyFrame), splitPoints, (frames, points) => {
        const stream = concat(frames);
        const gate = new FrameGate({ maxMessageLength: 10_000 }, createInflate());
        const through = splitAt(stream, points).flatMap((piece) => [...gate.take(piece)]);
        expect(toHex(concat([...through, ...gate.rest()]))).toBe(toHex(stream));
        expect(gate.breach).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

describe("compressed messages", () => {
  const limits = { maxMessageLength: 2000 };
  const deflated = (deflate: (data: Uint8Array) => Uint8Array, length: number): Uint8Array[] => {
    const payload = deflate(new Uint8Array(length));
    const half = payload.length >> 1;
    return [
      frame(0, { rsv1: true, fin: false, payload: payload.subarray(0, half) }),
      ping,
      frame(0, { opcode: 0, payload: payload.subarray(half) }),
    ];
  };

  it("are measured inflated, with what earlier ones said", () => {
    const deflate = createDeflateStream();
    const frames = [...deflated(deflate, 2000), ...deflated(deflate, 2000)];
    expect(passed(limits, frames, true).breach).toBeUndefined();
    const bomb = deflated(deflate, 2001);
    expect(passed(limits, [...frames, ...bomb, ping], true)).toEqual({
      through: toHex(concat([...frames, ...bomb.slice(0, 2)])),
      breach: "length",
    });
  });

  it("are kept until their frame is whole, and no longer than is allowed", () => {
    const gate = new FrameGate(limits, createInflate());
    const stream = frame(1500, { rsv1: true });
    expect(gate.take(stream.subarray(0, 1000))).toEqual([]);
    expect(gate.size).toBeGreaterThan(1000);
    const through = concat([...gate.take(stream.subarray(1000))]);
    // It is no deflate at all, which its receiver may tell.
    expect([toHex(through), gate.breach, gate.size]).toEqual([toHex(stream), undefined, 0]);
    gate.take(frame(2001, { rsv1: true }).subarray(0, 10));
    expect(gate.breach).toBe("length");
  });

  it("pass as they come where their length is no matter", () => {
    const gate = new FrameGate({ maxFragments: 2 }, createInflate());
    const piece = hex("c2 fe 10 00 01 02 03 04 05");
    expect(toHex(concat([...gate.take(piece)]))).toBe(toHex(piece));
  });
});
