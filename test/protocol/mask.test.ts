import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMask, formatMaskKey } from "../../src/protocol/mask.ts";
import { hex, maskNaively, toHex, utf8 } from "../helpers/bytes.ts";

const payloads = fc.uint8Array({ maxLength: 200, size: "max" });
const keys = fc.oneof(fc.constantFrom(0, 1, 0xff000000, 0xffffffff), fc.nat(0xffffffff));

function masked(bytes: Uint8Array, key: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  applyMask(copy, key);
  return copy;
}

describe("applyMask", () => {
  it.each([
    [0x37fa213d, utf8("Hello"), "7f9f4d5158"],
    [0x12345678, hex("5a 51"), toHex(utf8("He"))],
    [0x12345678, utf8("Hi"), "5a5d"],
    [0x01020304, new Uint8Array(6), "010203040102"],
    [0, utf8("same"), toHex(utf8("same"))],
  ])("key %i over %o", (key, bytes, expected) => {
    expect(toHex(masked(bytes, key))).toBe(expected);
  });

  it("twice is the identity", () => {
    const property = fc.property(payloads, keys, (payload, key) => {
      expect(masked(masked(payload, key), key)).toEqual(payload);
    });
    fc.assert(property);
  });

  it("does what the RFC says, wherever the bytes lie and the payload stands", () => {
    const place = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9));
    const property = fc.property(payloads, keys, place, (payload, key, [before, lead, tail]) => {
      const start = before + lead;
      const phase = tail;
      const buffer = new ArrayBuffer(start + payload.length + tail);
      const bytes = new Uint8Array(buffer, before);
      bytes.set(payload, lead);
      applyMask(bytes, key, lead, lead + payload.length, phase);
      expect(bytes.subarray(lead, lead + payload.length)).toEqual(maskNaively(payload, key, phase));
      expect(new Uint8Array(buffer, 0, start)).toEqual(new Uint8Array(start));
      expect(bytes.subarray(lead + payload.length)).toEqual(new Uint8Array(tail));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("in pieces, with their phase, is as in one", () => {
    const cut = fc.tuple(fc.nat(200), fc.nat(200));
    const property = fc.property(payloads, keys, cut, (payload, key, cuts) => {
      const bytes = Uint8Array.from(payload);
      const [a, b] = cuts.map((at) => Math.min(at, bytes.length)).toSorted((x, y) => x - y);
      applyMask(bytes, key, 0, a, 0);
      applyMask(bytes, key, a, b, a);
      applyMask(bytes, key, b, bytes.length, b);
      expect(bytes).toEqual(masked(payload, key));
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe("formatMaskKey", () => {
  it.each([
    [0, "00000000"],
    [0x37fa213d, "37fa213d"],
    [0xffffffff, "ffffffff"],
    [-1, "ffffffff"],
    [10, "0000000a"],
  ])("%i is %s", (key, digits) => {
    expect(formatMaskKey(key)).toBe(digits);
  });
});
