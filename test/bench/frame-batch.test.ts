import { describe, expect, it } from "vitest";
import { FrameBatch } from "../../src/bench/frame-batch.ts";
import { toHex } from "../helpers/bytes.ts";
import { parse } from "../helpers/frames.ts";

describe("a batch", () => {
  it("holds the same frame as often as asked for", () => {
    const batch = new FrameBatch({ kind: "text", length: 20 }, 16, 0x37fa213d);
    expect([batch.frameLength, batch.max, batch.of(0).length]).toEqual([26, 16, 0]);
    for (const count of [1, 2, 16]) {
      const { frames, end } = parse([batch.of(count)], { sender: "client" });
      expect([frames.length, end]).toEqual([count, undefined]);
      for (const { header, payload, violations } of frames) {
        expect([header.opcode, header.maskKey, violations]).toEqual([1, 0x37fa213d, []]);
        expect(Buffer.from(payload).toString()).toBe("abcdefghijklmnopqrst");
      }
    }
  });

  it("is binary where asked for", () => {
    const batch = new FrameBatch({ kind: "binary", length: 0 }, 1, 1);
    expect(toHex(batch.of(1))).toBe("828000000001");
  });

  it("is as large as one write is worth, and at least one frame", () => {
    const large = new FrameBatch({ kind: "binary", length: 100_000 }, 16, 1);
    expect([large.max, large.of(2).length]).toEqual([2, 2 * large.frameLength]);
    expect(new FrameBatch({ kind: "binary", length: 2 ** 20 }, 16, 1).max).toBe(1);
  });
});
