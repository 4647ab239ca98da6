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

  it("takes at most eight times that where a total is announced, and nothing beyond it", () => {
    const property = fc.property(pieces, fc.integer({ min: 1, max: 2000 }), (parts, total) => {
      const gather = new Gather();
      for (const part of parts) {
        gather.append(part, total);
        const { byteLength } = gather.view().buffer;
        expect(byteLength).toBeLessThanOrEqual(Math.max(gather.length, total));
        expect(byteLength).toBeLessThanOrEqual(8 * gather.length);
      }
    });
    fc.assert(property);
  });

  it("does not believe a total of which next to nothing has come", () => {
    const gather = new Gather();
    gather.append(filler(10), 1e12);
    expect(gather.view().buffer.byteLength).toBe(10);
    gather.append(filler(1), 1e12);
    expect(gather.view().buffer.byteLength).toBe(20);
  });

  it("has memory for all of a total once an eighth of it has come", () => {
    const gather = new Gather();
    gather.append(filler(9), 80);
    expect(gather.view().buffer.byteLength).toBe(9);
    gather.append(filler(1), 80);
    const { buffer } = gather.view();
    expect(buffer.byteLength).toBe(80);
    gather.append(filler(70), 80);
    expect(gather.view().buffer).toBe(buffer);
  });

  it("takes more than the announced total all the same", () => {
    const gather = new Gather();
    gather.append(filler(11), 15);
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
