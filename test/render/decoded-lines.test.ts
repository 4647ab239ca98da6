import { describe, expect, it } from "vitest";
import { decodeCbor } from "../../src/decode/cbor.ts";
import type { Decoded, DecodedValue } from "../../src/decode/decoded.ts";
import { decodeJson } from "../../src/decode/json.ts";
import { showDecoded } from "../../src/render/decoded-lines.ts";
import { styleSpans } from "../../src/render/span.ts";
import { createTheme, type Style, type Theme } from "../../src/render/theme.ts";
import { hex } from "../helpers/bytes.ts";

const theme = createTheme(0);
const SPACE = { theme, room: 60, columns: 80, indent: 2, maxPrint: 1024, pretty: false };

function show(decoded: Decoded, space: Partial<typeof SPACE> = {}) {
  const { inline, below } = showDecoded(decoded, { ...SPACE, ...space });
  return { inline: styleSpans(inline), below };
}

const json = (text: string) => decodeJson(Buffer.from(text));
const lines = (text: string) => show(json(text)).below;
const cbor = (bytes: string) => show(decodeCbor(hex(bytes)));

describe("a value", () => {
  it("of one line stands on the frame's where it fits", () => {
    expect(show(json('"hi"'))).toEqual({ inline: '"hi"', below: [] });
    expect(show(json("[1,2]"))).toEqual({ inline: "[1, 2]", below: [] });
    expect(show(json('"hello"'), { room: 4 })).toEqual({ inline: "", below: ['"hello"'] });
  });

  it("of several looks like JSON", () => {
    expect(lines('{"a":[1,2],"b":{"c":[{}],"d":[]},"e":[[1]]}')).toEqual([
      "{",
      '  "a": [1, 2],',
      '  "b": {',
      '    "c": [',
      "      {}",
      "    ],",
      '    "d": []',
      "  },",
      '  "e": [',
      "    [1]",
      "  ]",
      "}",
    ]);
  });

  it("that is a long list has a line for each", () => {
    expect(lines(`[${"1,".repeat(30)}1]`)).toHaveLength(33);
    expect(lines(`["${"x".repeat(60)}"]`)).toHaveLength(3);
  });

  it("of CBOR has its tags and keys", () => {
    expect(cbor("a2 c11a514b67b0 4101 8201f6 f5").below).toEqual([
      "{",
      "  tag 1 1363896240  2013-03-21T20:04:00.000Z: h'01',",
      "  [1, null]: true",
      "}",
    ]);
    expect(cbor("c1 1a514b67b0").inline).toBe("tag 1 1363896240  2013-03-21T20:04:00.000Z");
  });

  it("after another stands below it", () => {
    expect(cbor("01 02").below).toEqual(["1", "2"]);
  });

  it("has names without quotes", () => {
    const entries = [{ key: "magic", value: { kind: "number", digits: "1" } as const }];
    expect(show({ values: [{ kind: "map", entries }] }).below).toEqual(["{", "  magic: 1", "}"]);
  });
});

describe("where it stopped", () => {
  it("stands below what was understood", () => {
    expect(lines('{"a":1,"b":nul')).toEqual([
      "{",
      '  "a": 1,',
      '  "b": …',
      "}",
      "! stopped at byte 11: a value was to follow, not nul (line 1, column 12)",
    ]);
  });

  it("stands alone where nothing was", () => {
    expect(cbor("1c")).toEqual({
      inline: "",
      below: ["! stopped at byte 0: no item of CBOR begins with 0x1c"],
    });
  });

  it("is wrapped at the edge of a screen, and not in a log", () => {
    expect(show(json("x"), { columns: 40 }).below).toHaveLength(2);
    const log = show(json("x"), { columns: 40, room: Number.POSITIVE_INFINITY });
    expect(log.below).toHaveLength(1);
  });
});

describe("what is long", () => {
  it("is cut, and how much is left is told", () => {
    const { below } = show(json(JSON.stringify(Array.from({ length: 500 }, () => 12345))), {
      maxPrint: 100,
    });
    expect(below.slice(0, 2)).toEqual(["[", "  12345,"]);
    expect(below.at(-1)).toBe(`… ${below.length - 1} of 502 lines`);
    expect(below.length).toBeLessThan(25);
  });

  it("is cut within a text and within bytes", () => {
    expect(show(json(JSON.stringify("x".repeat(500))), { maxPrint: 4 }).inline).toBe(
      '"xxxx" … 4 of 500 characters',
    );
    const bytes: DecodedValue = { kind: "bytes", bytes: new Uint8Array(1e6) };
    expect(show({ values: [bytes] }, { maxPrint: 4 }).inline).toBe("h'0000' … 2 of 1,000,000 B");
  });

  it("is all there where it fits to the last character", () => {
    expect(show(json("[[1],[2]]"), { maxPrint: 9 }).below).toEqual(["[", "  [1],", "  [2]", "]"]);
  });
});

describe("hostile", () => {
  it("text is escaped, in values, keys, names and messages", () => {
    const evil = "\x1b[31m\u202e\x9b";
    const value: DecodedValue = { kind: "text", text: evil };
    const decoded: Decoded = {
      values: [
        {
          kind: "map",
          entries: [
            { key: value, value },
            { key: evil, value: { kind: "word", word: evil, note: evil } },
            { key: { kind: "list", items: [value] }, value: { kind: "tagged", tag: evil, value } },
          ],
        },
      ],
      stopped: { offset: 1, message: evil },
    };
    const text = show(decoded).below.join("\n");
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(text.split("\\u202e").length).toBeGreaterThanOrEqual(8);
  });

  it("depth is not all indentation", () => {
    const deep = lines("[".repeat(90) + "]".repeat(90));
    expect(Math.max(...deep.map((line) => line.length))).toBeLessThan(50);
  });
});

it("has a style for each kind of value", () => {
  const named =
    (name: string): Style =>
    (text) =>
      `<${name} ${text}>`;
  const styles = ["key", "string", "number", "literal", "dim", "warn"] as const;
  const loud: Theme = { ...theme, ...Object.fromEntries(styles.map((one) => [one, named(one)])) };
  const { below } = show(json('{"k":["s",1,true]} x'), { theme: loud });
  expect(below.map((line) => line.trim())).toEqual([
    "<dim {>",
    '<key "k"><dim : ><dim [><string "s"><dim , ><number 1><dim , ><literal true><dim ]>',
    "<dim }>",
    "<warn ! stopped at byte 19: a value was to follow, not x (line 1, column 20)>",
  ]);
});
