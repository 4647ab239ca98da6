import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkNumbered,
  MIN_NUMBERED_LENGTH,
  NUMBER_LIMIT,
  numberedPayload,
  writeNumbered,
} from "../../src/scenario/payload.ts";
import { utf8 } from "../helpers/bytes.ts";

const anyNumber = fc.oneof(fc.nat(1000), fc.integer({ min: 0, max: NUMBER_LIMIT - 1 }));
const anyLength = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: MIN_NUMBERED_LENGTH, max: 200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_500, max: 140_000 }) },
);

/** By the definition, a character at a time. */
function naively(number: number, length: number): string {
  const letters = Array.from({ length: length - 10 }, (_, i) =>
    String.fromCharCode(97 + ((number + i) % 26)),
  );
  return String(number).padStart(10, "0") + letters.join("");
}

describe("numberedPayload", () => {
  it.each([
    [0, 11, "0000000000a"],
    [1, 14, "0000000001bcde"],
    [25, 13, "0000000025zab"],
    [1_234_567_890, 12, "1234567890kl"],
    [9_999_999_999, 11, "9999999999p"],
    [10_000_000_003, 12, "0000000003de"],
  ])("of %d in %d bytes is %s", (number, length, text) =>
    expect(numberedPayload(number, length).toString()).toBe(text),
  );

  it("is as defined at every length", () => {
    fc.assert(
      fc.property(anyNumber, anyLength, (number, length) => {
        expect(numberedPayload(number, length).equals(utf8(naively(number, length)))).toBe(true);
      }),
    );
  });

  it("stays within its place", () => {
    const target = Buffer.alloc(16, "-");
    writeNumbered(target, 2, 7, 12);
    expect(target.toString()).toBe("--0000000007hi--");
  });

  it("is long enough to show a change", () => {
    expect(() => numberedPayload(0, 10)).toThrow(
      "a numbered message has at least 11 bytes, not 10",
    );
  });
});

describe("checkNumbered", () => {
  it("gives the number back", () => {
    fc.assert(
      fc.property(anyNumber, anyLength, (number, length) => {
        const payload = numberedPayload(number, length);
        expect(checkNumbered(payload)).toBe(number);
        expect(checkNumbered(new Uint8Array(payload), length)).toBe(number);
        expect(checkNumbered(payload, length + 1)).toBeUndefined();
      }),
    );
  });

  it("accepts no payload with one byte changed, wherever it is", () => {
    fc.assert(
      fc.property(
        anyNumber,
        anyLength,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (number, length, place, flip) => {
          const payload = numberedPayload(number, length);
          payload[place % length]! ^= flip;
          expect(checkNumbered(payload)).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("sees every change of one digit by the alphabet", () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        for (let place = 0; place < 10; place++) {
          for (let digit = 0; digit < 10; digit++) {
            const payload = numberedPayload(number, MIN_NUMBERED_LENGTH);
            const same = payload[place] === 48 + digit;
            payload[place] = 48 + digit;
            expect(checkNumbered(payload)).toBe(same ? number : undefined);
          }
        }
      }),
    );
  });

  it.each(["", "0000000000", "000000000a", "          a", "-000000001b", "0000000001bcd ", "+1"])(
    "%j is none",
    (text) => expect(checkNumbered(utf8(text))).toBeUndefined(),
  );

  it("is not taken in by a long payload that is wrong at its end", () => {
    const payload = numberedPayload(3, 200_000);
    payload[199_999]! ^= 1;
    expect(checkNumbered(payload)).toBeUndefined();
  });
});
