import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonLines } from "../../src/render/json-lines.ts";
import { styleSpans } from "../../src/render/span.ts";
import { createTheme, type Style, type Theme } from "../../src/render/theme.ts";

const theme = createTheme(0);

function lines(text: string, cut = false): string[] | undefined {
  return jsonLines(text, { theme, cut })?.map(styleSpans);
}

describe("JSON", () => {
  it("is indented", () => {
    expect(lines('{"a":[1,{"b":null}],"c":{},"d":[],"e":"x"}')).toEqual([
      "{",
      '  "a": [',
      "    1,",
      "    {",
      '      "b": null',
      "    }",
      "  ],",
      '  "c": {},',
      '  "d": [],',
      '  "e": "x"',
      "}",
    ]);
  });

  it("keeps every token as it stood", () => {
    const tokens = ["12345678901234567890", "1.50", "-0", "1E+2", String.raw`"\u00e9\/"`];
    expect(lines(` [${tokens.join(" ,\n")}]\n`)).toEqual([
      "[",
      ...tokens.map((token, i) => `  ${token}${i < tokens.length - 1 ? "," : ""}`),
      "]",
    ]);
  });

  it("keeps a name that is there twice", () => {
    expect(lines('{"a":1,"a":2}')).toEqual(["{", '  "a": 1,', '  "a": 2', "}"]);
  });

  it.each(["1", '"x"', "true", "[]", "{}", " [ ] "])("%s is one line", (text) => {
    expect(lines(text)).toEqual([text.replaceAll(" ", "")]);
  });

  it("looks as JSON.stringify writes it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(lines(JSON.stringify(value))?.join("\n")).toBe(visible(value));
        expect(lines(JSON.stringify(value, undefined, "\t"))?.join("\n")).toBe(visible(value));
      }),
    );
  });

  it("has a style for each kind of token", () => {
    const named =
      (name: string): Style =>
      (text) =>
        `<${name} ${text}>`;
    const styles = ["key", "string", "number", "literal", "dim"] as const;
    const loud: Theme = { ...theme, ...Object.fromEntries(styles.map((one) => [one, named(one)])) };
    const shown = jsonLines('{"k":["s",1,true]}', { theme: loud, cut: false })?.map(styleSpans);
    expect(shown?.map((line) => line.trim())).toEqual([
      "<dim {>",
      '<key "k"><dim : ><dim [>',
      '<string "s"><dim ,>',
      "<number 1><dim ,>",
      "<literal true>",
      "<dim ]>",
      "<dim }>",
    ]);
  });

  it("escapes what a terminal would act on", () => {
    expect(lines('{"\u202e":"\u009b2J"}')?.[1]).toBe('  "\\u202e": "\\u009b2J"');
  });

  it("as deep as it likes needs no stack, and is not all indentation", () => {
    const depth = 10_000;
    const deep = lines("[".repeat(depth) + "]".repeat(depth));
    expect(deep).toHaveLength(2 * depth - 1);
    expect(Math.max(...deep!.map((line) => line.length))).toBeLessThan(50);
  });

  it("with one long string takes little time", () => {
    const long = `"${String.raw`\n`.repeat(500_000)}"`;
    expect(lines(long)).toEqual([long]);
  });
});

/** What JSON.stringify gives, in our escapes. */
function visible(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\u00ad]/g,
    (char) => lines(`"${char}"`)?.[0]?.slice(1, -1) ?? "",
  );
}

describe("text that is not JSON", () => {
  it.each([
    ["", " ", "hello", "{", "[1", '"x', "{]", "[}", "]", ",", ":"],
    ["[1,]", '{"a":1,}', '{"a"}', '{"a":}', '{"a" 1}', "{1:2}", '{,"a":1}', "[,1]", "[1 2]"],
    ["01", "1.", ".5", "+1", "1e", "-", "NaN", "tru", "truex", "nul"],
    ['"\n"', String.raw`"\x"`, String.raw`"\u12"`, "'x'", "1 2", "{}{}", "// x", "[1]x"],
  ])("has no lines: %j", (...texts) => {
    for (const text of texts) expect([text, lines(text)]).toEqual([text, undefined]);
  });

  it("is what JSON.parse does not take", () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from('{}[],:"\\u01e-.tnrue ')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, (candidate) => {
        expect(lines(candidate) !== undefined).toBe(parses(candidate));
      }),
      { numRuns: 2000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("the beginning of a longer text", () => {
  it("is shown as far as it goes, wherever it is cut", () => {
    const whole = JSON.stringify({ a: [1.5e3, true, { b: "c\n\u0001d" }], e: -12, f: null });
    for (let length = 1; length <= whole.length; length++) {
      const shown = lines(whole.slice(0, length), true)?.join("").replaceAll(/\s/g, "");
      expect(shown).toBe(whole.slice(0, length).replaceAll(/\s/g, ""));
    }
  });

  it("goes on below the last line where an element has begun", () => {
    expect(lines('{"a":1,"lon', true)).toEqual(["{", '  "a": 1,', '  "lon']);
    expect(lines("[1,fal", true)).toEqual(["[", "  1,", "  fal"]);
  });

  it("that is wrong before its end is no JSON", () => {
    for (const text of ["hello", "hello wor", '["\\x', "{]", "[1 2", '{"a":1,,', "plain, text"]) {
      expect(lines(text, true)).toBe(undefined);
    }
  });
});
