import fc from "fast-check";
import { expect, it } from "vitest";
import {
  bytesOrText,
  float32Value,
  floatValue,
  utf8Value,
  wholeValue,
  wordValue,
} from "../../src/decode/decoded.ts";
import { hex } from "../helpers/bytes.ts";
import { plainOf } from "../helpers/decoded.ts";

it.each([
  [1, "1.0"],
  [-0, "-0.0"],
  [0.1, "0.1"],
  [1e21, "1e+21"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
])("the float %s", (value, digits) => expect(plainOf(floatValue(value))).toBe(digits));

it("a float of 32 bits has digits enough to be read back", () => {
  expect(plainOf(float32Value(Math.fround(0.1)))).toBe("0.1");
  expect(plainOf(float32Value(-0))).toBe("-0.0");
  fc.assert(
    fc.property(fc.float(), (value) => {
      const found = float32Value(value);
      expect(found.kind === "number" && Math.fround(Number(found.digits))).toBe(value);
    }),
  );
});

it("whole numbers and words", () => {
  expect(plainOf(wholeValue(2n ** 64n))).toBe("18446744073709551616");
  expect([true, null, undefined].map((word) => plainOf(wordValue(word)))).toEqual([
    "<true>",
    "<null>",
    "<undefined>",
  ]);
});

it.each([
  ["", '""', "h''"],
  ["6869", '"hi"', '"hi"'],
  ["68690000", String.raw`"hi\u0000\u0000"`, String.raw`"hi\u0000\u0000"`],
  ["0000", String.raw`"\u0000\u0000"`, "h'0000'"],
  ["1b5b", String.raw`"\u001b["`, "h'1b5b'"],
  ["ff", "h'ff'", "h'ff'"],
])("bytes %s meant as text are %s, and else %s", (bytes, asText, asAny) => {
  expect(plainOf(utf8Value(hex(bytes)))).toBe(asText);
  expect(plainOf(bytesOrText(hex(bytes)))).toBe(asAny);
});
