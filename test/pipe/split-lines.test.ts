import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Piece } from "../../src/pipe/fragments.ts";
import { LineSplitter, type LineSplitterOptions } from "../../src/pipe/split-lines.ts";
import { singly, splitAt, utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";
import { cut, texts } from "./cut.ts";

const LIMIT = 1024;

function split(
  chunks: readonly Uint8Array[],
  options: Partial<LineSplitterOptions> = {},
): readonly Piece[] {
  return cut(new LineSplitter({ binary: true, limit: LIMIT, ...options }), chunks);
}

describe("lines become messages", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["\n", [""]],
    ["a\n\n\nb\n", ["a", "", "", "b"]],
    ["a\r\nb\r\n", ["a\r", "b\r"]],
    ["ü\n✓", ["ü", "✓"]],
  ])("%j", (input, messages) => {
    expect(texts(split([utf8(input)]))).toEqual(messages);
    expect(texts(split(singly(utf8(input))))).toEqual(messages);
  });
});

describe("another delimiter", () => {
  it.each([
    ["\0", "a\nb\0\0c", ["a\nb", "", "c"]],
    ["\r\n", "a\nb\r\nc\rd\r\n", ["a\nb", "c\rd"]],
    ["abab", "xababababyabab", ["x", "", "y"]],
    ["aab", "aaab aab", ["a", " "]],
    ["--", "a-", ["a-"]],
    ["✓", "1✓2", ["1", "2"]],
  ])("%j cuts %j, at any split", (delimiter, input, messages) => {
    const options = { delimiter: utf8(delimiter) };
    expect(texts(split([utf8(input)], options))).toEqual(messages);
    expect(texts(split(singly(utf8(input)), options))).toEqual(messages);
  });

  it("may stay where it is: then nothing is lost at all", () => {
    const options = { delimiter: utf8("\r\n"), keepDelimiter: true };
    const input = utf8("a\r\n\r\nb\r");
    expect(texts(split([input], options))).toEqual(["a\r\n", "\r\n", "b\r"]);
    expect(texts(split(singly(input), options))).toEqual(["a\r\n", "\r\n", "b\r"]);
  });

  it("any one cuts any input as String.split does, at any split and limit", () => {
    const text = (maxLength: number) =>
      fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1, maxLength });
    const cuts = fc.array(fc.nat(100));
    const limits = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(text(60), text(4), cuts, limits, (input, delimiter, points, limit) => {
        const parts = input.split(delimiter);
        if (parts.at(-1) === "") parts.pop();
        const options = { delimiter: utf8(delimiter), limit };
        expect(texts(split(splitAt(utf8(input), points), options))).toEqual(parts);
      }),
    );
  });
});

it("text that is not UTF-8 is an error that names its line", async () => {
  const wrong = Buffer.from("a\n\u00c3\u00bc\nb\u00ff\n", "latin1");
  const run = async () => split([wrong], { binary: false });
  await expectUsage(run(), /^line 3 of stdin is not UTF-8$/);
});

it("a line has no more pending than the limit and one chunk", () => {
  const splitter = new LineSplitter({ binary: true, limit: LIMIT });
  const chunk = Buffer.alloc(100, 0x61);
  const given = Array.from({ length: 100 }, () => [...splitter.push(chunk)]).flat();
  expect(given.length).toBe(9);
  expect(Math.max(...given.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(LIMIT);
  expect(splitter.pending).toBe(true);
});
