import fc from "fast-check";
import { constants, deflateRawSync, type ZlibOptions } from "node:zlib";
import { describe, expect, it } from "vitest";
import { endsWithTail, walkDeflate } from "../../src/protocol/deflate-walker.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { concat, filler, hex, utf8 } from "../helpers/bytes.ts";

const WHOLE = { windowSize: 32_768, history: 0, foreign: 0 };

/** A message as permessage-deflate sends it, the tail taken off. */
function compress(plain: Uint8Array, options: ZlibOptions = {}): Uint8Array {
  const bytes = deflateRawSync(plain, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(bytes.subarray(0, -4));
}

describe("the walk through a compressed message", () => {
  it.each([
    ["7.2.3.1, one compressed block", "f2 48 cd c9 c9 07 00", 5],
    ["7.2.3.3, a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 00", 5],
    ["7.2.3.4, BFINAL", "f3 48 cd c9 c9 07 00 00", 5],
    ["7.2.3.5, two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", 5],
    ["7.2.3.6, an empty message", "00", 0],
    ["BFINAL and nothing after it", "f3 48 cd c9 c9 07 00", 5],
    ["no octets at all", "", 0],
    ["the tail left on", "f2 48 cd c9 c9 07 00 00 00 ff ff", 5],
  ])("RFC 7692, %s", (_name, bytes, length) => {
    expect(walkDeflate(hex(bytes), WHOLE)).toEqual({ sound: true, length });
  });

  it("shares the window with an earlier message, as in 7.2.3.2", () => {
    const second = hex("f2 00 11 00 00");
    expect(walkDeflate(second, { ...WHOLE, history: 5 })).toEqual({ sound: true, length: 5 });
    expect(walkDeflate(second, WHOLE).sound).toBe(false);
    expect(walkDeflate(second, { ...WHOLE, foreign: 5 })).toEqual({
      sound: true,
      length: 5,
      tooFar: { past: "context", distance: 5, at: 1 },
    });
  });

  it.each([
    ["a reserved type of block", "07"],
    ["a stored block with a wrong check", "00 05 00 fa fe 48 65 6c 6c 6f 00"],
    ["a stored block that is cut", "00 06 00 f9 ff 48"],
    ["a code that is cut", "f2 48"],
    ["nonsense", "ff ff ff ff"],
    ["a table with too many symbols", "fd ff ff ff"],
  ])("refuses %s", (_name, bytes) => {
    expect(walkDeflate(hex(bytes), WHOLE).sound).toBe(false);
  });

  const strategies = [
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ];
  const texts = fc
    .tuple(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 }), fc.nat(400))
    .map(([words, count]) =>
      concat(Array.from({ length: count }, (_, i) => words[(i * i + (i >> 2)) % words.length]!)),
    );

  it("accepts all that zlib makes, with its window and its length", () => {
    const property = fc.property(
      texts,
      fc.integer({ min: 8, max: 15 }),
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom(...strategies),
      fc.integer({ min: 1, max: 9 }),
      (plain, windowBits, level, strategy, memLevel) => {
        const payload = compress(plain, { windowBits, level, strategy, memLevel });
        const walked = walkDeflate(payload, { ...WHOLE, windowSize: 2 ** windowBits });
        expect(walked).toEqual({ sound: true, length: plain.length });
      },
    );
    fc.assert(property, { numRuns: 120 });
  });

  it.each([9, 10, 11, 12, 13, 14])("sees that a window was larger than 2^%d", (bits) => {
    const windowSize = 2 ** bits;
    const random = seededRandom(bits);
    const noise = Uint8Array.from({ length: windowSize + 10 }, () => random() * 64);
    const plain = concat([utf8("0123456789abcdef"), noise, utf8("0123456789abcdef")]);
    const payload = compress(plain, { windowBits: 15, level: 9 });
    const { tooFar } = walkDeflate(payload, { ...WHOLE, windowSize });
    expect(tooFar).toMatchObject({ past: "window" });
    expect(tooFar!.distance).toBeGreaterThan(windowSize);
    expect(
      walkDeflate(compress(plain, { windowBits: bits, level: 9 }), { ...WHOLE, windowSize }),
    ).toEqual({ sound: true, length: plain.length });
  });

  it("takes for sound what zlib inflates, and nothing else", () => {
    const damaged = fc
      .tuple(texts, fc.nat(9), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
      .map(([plain, level, changes]) => {
        const payload = compress(plain, { level });
        for (const [at, octet] of changes) payload[at % payload.length] = octet;
        return payload;
      });
    const inputs = fc.oneof(damaged, fc.uint8Array({ maxLength: 80, size: "max" }));
    const property = fc.property(inputs, (payload) => {
      const inflated = createInflate()(payload, 100_000_000);
      const walked = walkDeflate(payload, WHOLE);
      expect(walked.sound).toBe(inflated.ok);
      if (inflated.ok) expect(walked.length).toBe(inflated.data.length);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("does not take the tail for the rest of a block", () => {
    expect(walkDeflate(hex("f3 58 b0 60"), WHOLE).sound).toBe(false);
  });

  it("counts what a bomb inflates to", () => {
    const plain = new Uint8Array(3_000_000);
    expect(walkDeflate(compress(plain), WHOLE)).toEqual({ sound: true, length: 3_000_000 });
  });
});

describe("the tail", () => {
  it.each([
    ["00 00 ff ff", true],
    ["01 00 00 ff ff", true],
    ["00 00 ff fe", false],
    ["00 ff ff", false],
    ["", false],
  ])("of %j: %s", (bytes, expected) => {
    expect(endsWithTail(hex(bytes))).toBe(expected);
    expect(endsWithTail(compress(filler(300)))).toBe(false);
  });
});
