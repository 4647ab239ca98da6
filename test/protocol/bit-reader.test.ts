import { describe, expect, it } from "vitest";
import { BitReader } from "../../src/protocol/bit-reader.ts";
import { hex } from "../helpers/bytes.ts";

describe("a bit reader", () => {
  it("takes the lowest bits first, across octets", () => {
    const bits = new BitReader(hex("b5 c3 0f"));
    expect([bits.take(1), bits.take(2), bits.take(5)]).toEqual([1, 0b10, 0b10110]);
    expect(bits.take(12)).toBe(0xfc3);
    expect(bits.take(4)).toBe(0);
    expect(bits.atEnd).toBe(true);
  });

  it("shows bits without taking them", () => {
    const bits = new BitReader(hex("34 12"));
    expect([bits.peek(16), bits.peek(4), bits.take(8), bits.peek(8)]).toEqual([
      0x1234, 4, 0x34, 0x12,
    ]);
  });

  it("goes on into the tail, and then into zeros, of which it tells", () => {
    const bits = new BitReader(hex("01"), hex("02"));
    expect([bits.take(16), bits.exhausted, bits.atEnd]).toEqual([0x0201, false, true]);
    expect([bits.take(1), bits.exhausted, bits.atEnd]).toEqual([0, true, false]);
  });

  it("does not call itself exhausted for what it has shown alone", () => {
    const bits = new BitReader(hex("ff"));
    expect([bits.peek(15), bits.exhausted]).toEqual([0xff, false]);
    bits.skip(8);
    expect([bits.exhausted, bits.atEnd]).toEqual([false, true]);
  });

  it("passes over the rest of an octet, and over octets", () => {
    const bits = new BitReader(hex("ff 01 02 03 04"));
    bits.take(3);
    bits.align();
    expect([bits.position, bits.peek(8)]).toEqual([1, 1]);
    bits.align();
    bits.skipOctets(2);
    expect([bits.position, bits.take(8)]).toEqual([3, 3]);
    bits.skipOctets(1);
    expect(bits.atEnd).toBe(true);
    bits.skipOctets(1);
    expect(bits.exhausted).toBe(true);
  });
});
