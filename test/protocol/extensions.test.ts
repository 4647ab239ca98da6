import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Extension,
  formatExtension,
  formatExtensions,
  parseExtensions,
} from "../../src/protocol/extensions.ts";

function extension(name: string, ...params: Extension["params"]): Extension {
  return { name, params };
}

describe("parseExtensions", () => {
  it.each([
    ["a", [extension("a")]],
    ["a, b", [extension("a"), extension("b")]],
    ["a;x", [extension("a", ["x", true])]],
    ["a; x=1 ;\ty = 2", [extension("a", ["x", "1"], ["y", "2"])]],
    ["a; x=1; x=2, a", [extension("a", ["x", "1"], ["x", "2"]), extension("a")]],
    ['a; x="10"', [extension("a", ["x", "10"])]],
    ['a; x="\\1\\0"', [extension("a", ["x", "10"])]],
    [
      "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
      [
        extension(
          "permessage-deflate",
          ["client_max_window_bits", true],
          ["server_max_window_bits", "10"],
        ),
      ],
    ],
    ["", []],
    [" , ,a,", [extension("a")]],
  ])("%j", (value, expected) => {
    expect(parseExtensions([value])).toEqual(expected);
  });

  it("takes several lines for one list", () => {
    expect(parseExtensions(["a; x", "b"])).toEqual([extension("a", ["x", true]), extension("b")]);
    expect(parseExtensions([])).toEqual([]);
  });

  it.each([
    ["a space in a name", "a b"],
    ["no name before parameters", ";x"],
    ["no parameter after a semicolon", "a;"],
    ["an empty parameter", "a;;x"],
    ["no name before a value", "a;=1"],
    ["no value after the sign", "a;x="],
    ["two values", "a;x=1=2"],
    ["two values side by side", "a;x=1 2"],
    ["a value for the extension", "a=1"],
    ["a quoted name", '"a"'],
    ["a quoted parameter name", 'a;"x"=1'],
    ["a quotation without an end", 'a;x="1'],
    ["a quotation with an escaped end", 'a;x="1\\"'],
    ["an empty quotation", 'a;x=""'],
    ["a quotation that is no token: space", 'a;x="1 2"'],
    ["a quotation that is no token: comma", 'a;x="1,2"'],
    ["a quotation that is no token: semicolon", 'a;x="1;2"'],
    ["something after a quotation", 'a;x="1"2'],
    ["a character that no token has", "a(b)"],
    ["an octet outside ASCII", "a\xe9"],
  ])("refuses %s", (_name, value) => {
    expect(parseExtensions([value])).toBeUndefined();
    expect(parseExtensions(["fine", value])).toBeUndefined();
  });

  it("never throws", () => {
    const soup = fc.string({
      unit: fc.constantFrom("a", ";", ",", "=", '"', "\\", " ", "\t", "1", "é"),
    });
    const property = fc.property(soup, (value) => {
      const parsed = parseExtensions([value]);
      if (parsed) expect(parseExtensions([formatExtensions(parsed)])).toEqual(parsed);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("formatExtensions", () => {
  const token = fc.string({
    unit: fc.constantFrom("a", "z", "0", "9", "-", "_", ".", "!"),
    minLength: 1,
    maxLength: 8,
  });
  const anyExtension = fc.record({
    name: token,
    params: fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), {
      maxLength: 4,
    }),
  });

  it("is read back as it was", () => {
    const property = fc.property(fc.array(anyExtension, { maxLength: 4 }), (extensions) => {
      expect(parseExtensions([formatExtensions(extensions)])).toEqual(extensions);
    });
    fc.assert(property);
  });

  it("writes parameters with and without a value", () => {
    expect(formatExtension(extension("a", ["x", true], ["y", "10"]))).toBe("a; x; y=10");
    expect(formatExtensions([extension("a"), extension("b", ["x", true])])).toBe("a, b; x");
  });
});
