import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gather } from "../../src/protocol/gather.ts";
import { concat, filler } from "../helpers/bytes.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 });

describe("Gather", () => {
  it("joins pieces and tells where each begins", () => {
    const property = fc.property(pieces, (parts) => {
      const gather = new Gather();
      const starts = parts.map((part) => gather.append(part));
      const whole = concat(parts);
      expect(new Uint8Array(gather.view())).toEqual(whole);
      parts.forEach((part, i) => {
        expect(gather.view().subarray(starts[i], starts[i]! + part.length)).toEqual(part);
      });
      expect(new Uint8Array(gather.take())).toEqual(whole);
    });
    fc.assert(property);
  });

  it("takes at most twice the memory of the bytes that came", () => {
    const property = fc.property(pieces, (parts) => {
      const gather = new Gather();
      for (const part of parts) gather.append(part);
      expect(gather.view().buffer.byteLength).toBeLessThanOrEqual(2 * gather.length);
    });
    fc.assert(property);
  });

  it("grows step by step towards a total, and not beyond it", () => {
    const gather = new Gather();
    gather.append(filler(10), 1e12);
    expect(gather.view().buffer.byteLength).toBe(10);
    gather.append(filler(1), 15);
    expect(gather.view().buffer.byteLength).toBe(15);
    gather.append(filler(6), 15);
    expect(gather.length).toBe(17);
  });

  it("copies, so that the pieces may be used again", () => {
    const piece = filler(4);
    const gather = new Gather();
    gather.append(piece, 4);
    piece.fill(0);
    expect(gather.view()).toEqual(filler(4));
  });

  it("starts anew once its bytes are given away", () => {
    const gather = new Gather();
    gather.append(filler(3));
    const taken = gather.take();
    expect(gather.length).toBe(0);
    expect(gather.view()).toHaveLength(0);
    gather.append(new Uint8Array(3).fill(9));
    expect(taken).toEqual(filler(3));
  });
});
