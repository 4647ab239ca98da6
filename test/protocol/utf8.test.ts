import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isValidUtf8, Utf8Validator } from "../../src/protocol/utf8.ts";
import { hex, singly, splitAt, splitPoints, toHex, twoWaySplits, utf8 } from "../helpers/bytes.ts";

function validates(pieces: readonly Uint8Array[]): boolean {
  const validator = new Utf8Validator();
  const held = pieces.map((piece) => validator.push(piece));
  // Once false it stays false.
  if (held.includes(false)) expect(held.slice(held.indexOf(false))).not.toContain(true);
  const whole = validator.end();
  return whole && !held.includes(false);
}

function textDecoderTakes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Octets at the borders of the ranges in RFC 3629, section 4. */
const BORDERS = hex(
  "00 41 7f 80 8f 90 9f a0 bf c0 c1 c2 df",
  "e0 e1 ec ed ee ef f0 f1 f3 f4 f5 ff",
);

const anyText = fc.oneof(
  fc.array(fc.constantFrom(...BORDERS), { maxLength: 12 }).map((octets) => Uint8Array.from(octets)),
  fc.string({ unit: "binary", maxLength: 40 }).map(utf8),
  fc
    .tuple(fc.string({ unit: "grapheme", maxLength: 40 }), fc.nat(), fc.constantFrom(...BORDERS))
    .map(([text, at, octet]) => {
      const bytes = utf8(text);
      if (bytes.length > 0) bytes[at % bytes.length] = octet;
      return bytes;
    }),
);

describe("Utf8Validator", () => {
  it("agrees with the decoders of the platform, at any split", () => {
    const property = fc.property(anyText, splitPoints, (bytes, points) => {
      expect(validates(splitAt(bytes, points))).toBe(isUtf8(bytes));
      expect(textDecoderTakes(bytes)).toBe(isUtf8(bytes));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it("agrees on every sequence of border octets, whole and octet by octet", () => {
    const wrong = sequences().filter((octets) => {
      const [whole, slowly] = [new Utf8Validator(), new Utf8Validator()];
      whole.push(octets);
      for (const octet of singly(octets)) slowly.push(octet);
      return whole.end() !== isUtf8(octets) || slowly.end() !== isUtf8(octets);
    });
    expect(wrong.map(toHex)).toEqual([]);
  });

  /** How many octets of each can be known to be wrong only with the last of them. */
  it.each([
    ["continuation without a lead", "80", 1],
    ["overlong, two octets", "c0 af", 1],
    ["overlong, three octets", "e0 9f bf", 2],
    ["surrogate", "ed a0 80", 2],
    ["overlong, four octets", "f0 8f bf bf", 2],
    ["above 10FFFF", "f4 90 80 80", 2],
    ["lead of five octets", "f8 88 80 80 80", 1],
    ["lead that is no octet of UTF-8", "ff", 1],
    ["cut by ASCII", "e2 82 41", 3],
    ["after valid text", "68 c3 a9 6c 80", 5],
  ])("fails as early as can be: %s", (_name, text, octets) => {
    const validator = new Utf8Validator();
    const held = singly(hex(text)).map((octet) => validator.push(octet));
    expect(held.indexOf(false) + 1).toBe(octets);
    expect(validator.end()).toBe(false);
  });

  it.each(["c3", "e2 82", "f0 9f 98", "41 f4 8f bf"])("wants the rest of %s", (text) => {
    for (const pieces of [singly(hex(text)), [hex(text)]]) {
      const validator = new Utf8Validator();
      expect(pieces.every((piece) => validator.push(piece))).toBe(true);
      expect(validator.end()).toBe(false);
    }
  });

  it("lets code points be split wherever they can be", () => {
    const bytes = utf8("aé€😀\u{10ffff}\ufeffz");
    for (const pieces of [singly(bytes), ...twoWaySplits(bytes)]) {
      expect(validates(pieces)).toBe(true);
    }
  });

  it("takes nothing at all for valid", () => {
    expect(validates([])).toBe(true);
    expect(validates([new Uint8Array(0)])).toBe(true);
  });
});

/** Up to three octets, and four where the first may lead so many. */
function sequences(): Uint8Array[] {
  const grow = (shorter: readonly Uint8Array[]) =>
    shorter.flatMap((octets) => Array.from(BORDERS, (octet) => Uint8Array.of(...octets, octet)));
  const one = grow([new Uint8Array(0)]);
  const two = grow(one);
  const three = grow(two);
  const four = grow(three.filter(([lead = 0]) => lead >= 0xf0));
  return [...one, ...two, ...three, ...four];
}

describe("isValidUtf8", () => {
  it("judges bytes as a whole", () => {
    expect(isValidUtf8(utf8("é"))).toBe(true);
    expect(isValidUtf8(utf8("é").subarray(0, 1))).toBe(false);
  });
});
