import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { FrameCutter } from "../../../src/transport/relay/frame-cutter.ts";
import { concat, filler, hex, singly, utf8 } from "../../helpers/bytes.ts";

const STREAM = concat([
  encodeFrame({ opcode: 1, fin: false, payload: utf8("a") }),
  encodeFrame({ opcode: 9, payload: utf8("p") }),
  encodeFrame({ opcode: 0, payload: utf8("bc") }),
  hex("88 85 01 02 03 04 02 eb 61 7d 64"),
]);

describe("FrameCutter", () => {
  it("tells where frames end in a piece, and what they are", () => {
    const cutter = new FrameCutter();
    expect(cutter.cut(STREAM.subarray(0, 5))).toEqual([{ end: 3, opcode: 1, fin: false }]);
    expect([cutter.atBorder, cutter.inMessage]).toEqual([false, true]);
    expect(cutter.cut(STREAM.subarray(5))).toEqual([
      { end: 1, opcode: 9, fin: true },
      { end: 5, opcode: 0, fin: true },
      { end: 16, opcode: 8, fin: true },
    ]);
    expect([cutter.atBorder, cutter.inMessage]).toEqual([true, false]);
  });

  it("tells where they end, too, when a header is cut", () => {
    for (let at = 1; at < STREAM.length; at++) {
      const cutter = new FrameCutter();
      const cuts = [STREAM.subarray(0, at), STREAM.subarray(at)].flatMap((piece, i) =>
        cutter.cut(piece).map(({ end }) => end + i * at),
      );
      expect([at, cuts]).toEqual([at, [3, 6, 10, 21]]);
    }
  });

  it("counts, and reads the first Close, byte by byte too", () => {
    for (const pieces of [[STREAM], singly(STREAM)]) {
      const cutter = new FrameCutter();
      for (const piece of pieces) cutter.follow(piece);
      cutter.follow(hex("88 02 03 e8"));
      expect(cutter.close).toMatchObject({ code: 0x03e9, reason: "bye" });
      expect(cutter.tally).toEqual({
        messages: 1,
        payloadBytes: 3,
        wireBytes: STREAM.length + 4,
      });
    }
  });

  it("counts the bytes of messages, whole or not, apart from those of pings", () => {
    const cutter = new FrameCutter();
    const counts = [STREAM.subarray(0, 6), STREAM.subarray(6, 8), STREAM.subarray(8)].map(
      (piece) => {
        cutter.follow(piece);
        return cutter.messageBytes;
      },
    );
    expect(counts).toEqual([3, 5, 7]);
  });

  it("takes a Close that is too long for one that says nothing", () => {
    const cutter = new FrameCutter();
    cutter.follow(encodeFrame({ opcode: 8, payload: new Uint8Array(200) }));
    expect(cutter.close).toMatchObject({ code: 1005, reason: "" });
  });

  it("tells whether a frame is compressed that has only begun", () => {
    const cutter = new FrameCutter();
    cutter.follow(hex("c1 7e 10 00 00"));
    expect(cutter.isCompressed).toBe(true);
  });

  it("tells how long a frame will be that has only begun", () => {
    const cutter = new FrameCutter();
    const told = [hex("82 fe 01"), hex("00 01 02 03"), hex("04"), filler(256)].map((piece) => {
      cutter.follow(piece);
      return cutter.announced;
    });
    expect(told).toEqual([0, 0, 256, 0]);
  });
});
