import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonOnOneLine } from "../../src/pipe/json-on-one-line.ts";

describe("JSON comes on one line, else as it was", () => {
  it.each([
    ['{\n  "a": 1.0,\r\n\t"b": 12345678901234567890\n}\n', '{"a": 1.0,"b": 12345678901234567890}'],
    ['{"a":1,"a":2}', '{"a":1,"a":2}'],
    ['"\\n \\u0041"', '"\\n \\u0041"'],
    ["  1e400 ", "  1e400 "],
    ['["  ", "\u2028"]', '["  ", "\u2028"]'],
    ["null", "null"],
  ])("%j", (text, line) => {
    expect(jsonOnOneLine(text)).toBe(line);
  });

  it("of the same value, for any value and indentation", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, "\t"), (value, indent) => {
        const line = jsonOnOneLine(JSON.stringify(value, null, indent));
        expect(line).not.toContain("\n");
        expect(JSON.stringify(JSON.parse(line ?? ""))).toBe(JSON.stringify(value));
      }),
    );
  });
});

it.each(["", "hi", "{", "{} {}", "'a'", "\ufeff1", "NaN"])("%j is none", (text) => {
  expect(jsonOnOneLine(text)).toBeUndefined();
});
