import { describe, expect, it } from "vitest";
import { BIG_ENDIAN, LITTLE_ENDIAN, uint16, uint32 } from "../../../src/capture/packets/octets.ts";
import { hex } from "../../helpers/bytes.ts";

describe("numbers", () => {
  const bytes = hex("00 f1 f2 f3 f4");

  it("in network byte order", () => {
    expect(uint16(bytes, 1)).toBe(0xf1f2);
    expect(uint32(bytes, 1)).toBe(0xf1f2f3f4);
  });

  it("in the order of the file", () => {
    expect(BIG_ENDIAN.uint16(bytes, 1)).toBe(0xf1f2);
    expect(BIG_ENDIAN.uint32(bytes, 1)).toBe(0xf1f2f3f4);
    expect(LITTLE_ENDIAN.uint16(bytes, 1)).toBe(0xf2f1);
    expect(LITTLE_ENDIAN.uint32(bytes, 1)).toBe(0xf4f3f2f1);
  });

  it("are 0 outside", () => {
    expect(uint32(bytes, 5)).toBe(0);
  });
});
