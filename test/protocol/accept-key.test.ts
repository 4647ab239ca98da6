import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptKey, encodeKey, isValidKey } from "../../src/protocol/accept-key.ts";

describe("acceptKey", () => {
  it("answers the RFC's sample as the RFC does", () => {
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("agrees with SHA-1 of the platform, also on keys that are none", () => {
    const property = fc.property(fc.string({ maxLength: 100 }), (key) => {
      const hash = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      expect(acceptKey(key)).toBe(hash.digest("base64"));
    });
    fc.assert(property);
  });
});

describe("isValidKey", () => {
  it("takes the base64 form of any 16 bytes", () => {
    const property = fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
      expect(isValidKey(encodeKey(random))).toBe(true);
    });
    fc.assert(property);
  });

  it("refuses the base64 form of any other number of bytes", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 40 }), (random) => {
      fc.pre(random.length !== 16);
      expect(isValidKey(encodeKey(random))).toBe(false);
    });
    fc.assert(property);
  });

  it.each([
    ["10 bytes", "dGhlIHNhbXBsZQ=="],
    ["bits set beyond the 16th byte", "dGhlIHNhbXBsZSBub25jZR=="],
    ["no padding", "dGhlIHNhbXBsZSBub25jZQ"],
    ["half the padding", "dGhlIHNhbXBsZSBub25jZQ="],
    ["another alphabet", "dGhlIHNhbXBsZSBub25jZ-=="],
    ["a space before", " dGhlIHNhbXBsZSBub25jZQ=="],
    ["a line after", "dGhlIHNhbXBsZSBub25jZQ==\n"],
    ["nothing", ""],
  ])("refuses %s", (_name, key) => {
    expect(isValidKey(key)).toBe(false);
  });
});
