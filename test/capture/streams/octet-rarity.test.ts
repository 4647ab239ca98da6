import { describe, expect, it } from "vitest";
import { OctetRarity } from "../../../src/capture/streams/octet-rarity.ts";

const numbers = Uint8Array.from({ length: 4000 }, (_, i) => (i % 4 === 0 ? 1 + (i % 200) : 0));

describe("how rare an octet is", () => {
  it("among octets that may be any: eight bits", () => {
    const any = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167) >> 3);
    for (const octet of [0, 0x82, 0xff]) {
      expect(new OctetRarity(any).bits(octet, 5, 0)).toBeCloseTo(8, 0);
    }
  });

  it("is that of its place among every four, where it is frequent there", () => {
    const rarity = new OctetRarity(numbers);
    expect(rarity.bits(0, 1, 0)).toBeLessThan(0.6);
    expect(rarity.bits(0, 4, 0)).toBeLessThan(0.6);
    expect(rarity.bits(0x82, 3, 0)).toBeGreaterThan(9);
  });

  it("leaves out what is in question", () => {
    const rarity = new OctetRarity(Uint8Array.of(0x82, 1, 2, 3, 0x82, 5));
    expect(rarity.bits(0x82, 0, 2)).toBeGreaterThanOrEqual(8);
    expect(rarity.bits(0x82, 0, 0)).toBeLessThan(7);
    expect(rarity.bits(0x82, 0, 99)).toBe(rarity.bits(0x82, 0, 2));
  });

  it("is that of any octet where there are none", () => {
    expect(new OctetRarity(new Uint8Array(0)).bits(0, 0, 0)).toBe(8);
  });
});
