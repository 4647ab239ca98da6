import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonLine } from "../../src/render/json-line.ts";

describe("jsonLine", () => {
  it("is one line", () => {
    expect(jsonLine({ a: "x\ny\u2028" })).toBe('{"a":"x\\ny\\u2028"}\n');
  });

  it("shows no control character and no mark of direction", () => {
    const text = "\x1b[2J \x9b2J \x7f \u202e \ufeff \u{e0041}";
    expect(jsonLine(text)).toBe('"\\u001b[2J \\u009b2J \\u007f \\u202e \\ufeff \\udb40\\udc41"\n');
  });

  it("parses to the same value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
      }),
    );
  });
});
