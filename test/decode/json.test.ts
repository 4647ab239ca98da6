import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH, MAX_VALUES } from "../../src/decode/byte-reader.ts";
import { decodeJson } from "../../src/decode/json.ts";
import { hex } from "../helpers/bytes.ts";
import { plainDecoded, plainOf } from "../helpers/decoded.ts";

const decode = (text: string) => plainDecoded(decodeJson(Buffer.from(text)));

it("keeps digits, and keys that come twice or are called as they are", () => {
  const { values } = decodeJson(Buffer.from('{"__proto__":12345678901234567890,"a":1.50,"a":-0}'));
  const [root] = values;
  expect(root?.kind === "map" && root.entries.map(({ key, value }) => [key, value])).toEqual(
    [
      ["__proto__", "12345678901234567890"],
      ["a", "1.50"],
      ["a", "-0"],
    ].map(([text, digits]) => [
      { kind: "text", text },
      { kind: "number", digits },
    ]),
  );
});

it.each([
  [' \r\n[1 , "é\\u0041" ]\t', [["1", '"éA"']]],
  ['\ufeff{"a": null}', [new Map([['"a"', "<null>"]])]],
  ['{}\n[]\x1e"x"\x1e', [new Map(), [], '"x"']],
  ["1 2", ["1", "2"]],
])("reads %j", (text, values) => {
  expect(decode(text)).toEqual([values, undefined]);
});

it("takes what JSON.parse takes, and nothing else", () => {
  const unit = fc.constantFrom(...Array.from('{}[],:"\\u01e-.tnrue '));
  const candidates = fc.oneof(fc.json(), fc.string({ unit, maxLength: 12 }));
  fc.assert(
    fc.property(candidates, (text) => {
      const { values, stopped } = decodeJson(Buffer.from(text));
      const valid = stopped === undefined && values.length === 1;
      expect(valid || values.length > 1).toBe(parses(text) || values.length > 1);
    }),
    { numRuns: 500 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("where it breaks", () => {
  it.each([
    ["", 0, "a value was to follow, not the end (line 1, column 1)"],
    ['{"a":[1,nul', 8, "a value was to follow, not nul"],
    ['{"é":1,\n "x" 2}', 14, "a colon was to follow, not 2 (line 2, column 6)"],
    ['{"é" 1', 6, "(line 1, column 6)"],
    ["[1}", 2, "a comma or ] was to follow, not }"],
    ["[1,]", 3, "a value was to follow, not ]"],
    ['{"a":1,}', 7, "a key was to follow, not }"],
    ['{"a', 3, "the string from byte 1 on does not end"],
    ['"\\x"', 1, "no escape of JSON"],
    ['"a\nb"', 2, "a control character within a string"],
    ["{}x", 2, "the JSON ends before x"],
    ["01", 1, "the JSON ends before 1"],
    ["\x1b[2J", 0, "not byte 0x1b"],
  ])("%j at byte %i", (text, offset, message) => {
    const { stopped } = decodeJson(Buffer.from(text));
    expect(stopped?.offset).toBe(offset);
    expect(stopped?.message).toContain(message);
  });

  it("shows what was understood", () => {
    expect(decode('{"a":[1,{"b":nul')).toEqual([
      [new Map([['"a"', ["1", new Map([['"b"', undefined]])]]])],
      13,
    ]);
  });

  it("is a string that is not UTF-8", () => {
    expect(decodeJson(hex("5b 22ff22 5d")).stopped).toMatchObject({ offset: 1 });
  });
});

describe("hostile text", () => {
  it("is bounded in depth and number", () => {
    expect(decodeJson(Buffer.from("[".repeat(1e6))).stopped?.offset).toBe(MAX_DEPTH + 1);
    const many = decodeJson(Buffer.from(`[${"1,".repeat(1e6)}1]`));
    expect(many.stopped?.message).toContain(`more than ${MAX_VALUES.toLocaleString("en")} values`);
    expect(plainOf(many.values[0])).toHaveLength(MAX_VALUES - 1);
  });

  it("of one long string takes little stack", () => {
    const text = `"${String.raw`\n`.repeat(200_000)}"`;
    expect(decodeJson(Buffer.from(text)).stopped).toBe(undefined);
  });
});
