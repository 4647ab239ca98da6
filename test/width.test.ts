import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  center,
  displayWidth,
  padEnd,
  padStart,
  truncate,
  wrapColumns,
  wrapWords,
} from "../src/width.ts";

describe("displayWidth", () => {
  it.each([
    ["", 0],
    ["hello", 5],
    ["héllo", 5],
    ["e\u0301", 1],
    ["日本", 4],
    ["한", 2],
    ["ａ", 2],
    ["→ ●│", 4],
    ["·×–…←→○●─│└├", 12],
    ["→\ufe0f", 2],
    ["→\u0301", 1],
    ["😀", 2],
    ["👨\u200d👩\u200d👧", 2],
    ["❤\ufe0f", 2],
    ["🇩🇪", 2],
    ["\u0301", 0],
    ["का", 2],
    ["क्ष", 2],
    ["\u1112\u1161\u11ab", 2],
  ])("%j takes %d columns", (text, columns) => expect(displayWidth(text)).toBe(columns));
});

describe("truncate", () => {
  it.each([
    ["hello", 5, "hello"],
    ["hello", 4, "hel…"],
    ["hello", 1, "…"],
    ["hello", 0, ""],
    ["日本語", 6, "日本語"],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ])("%j in %d columns is %j", (text, columns, cut) => expect(truncate(text, columns)).toBe(cut));
});

describe("padding", () => {
  it("counts columns, not characters", () => {
    expect(padEnd("日", 4)).toBe("日  ");
    expect(padStart("日", 4)).toBe("  日");
    expect(center("日", 5)).toBe(" 日  ");
  });

  it("leaves what is wider as it is", () => {
    expect(padEnd("hello", 3)).toBe("hello");
    expect(padStart("hello", 3)).toBe("hello");
    expect(center("hello", 3)).toBe("hello");
  });
});

describe("wrapping", () => {
  it("breaks between words", () => {
    expect(wrapWords("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
  });

  it("breaks a word that has no room", () => {
    expect(wrapWords("a abcdefghij z", 4)).toEqual(["a", "abcd", "efgh", "ij z"]);
  });

  it("gives one line for nothing", () => {
    expect(wrapWords("", 10)).toEqual([""]);
    expect(wrapColumns("", 10)).toEqual([""]);
  });

  it("never exceeds the columns and loses nothing", () => {
    const text = fc.string({ unit: fc.constantFrom("a", " ", "日", "😀", "e\u0301", "-") });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (whole, columns) => {
        const pieces = wrapColumns(whole, columns);
        expect(pieces.join("")).toBe(whole);
        const lines = wrapWords(whole, columns);
        expect(lines.join("").replaceAll(" ", "")).toBe(whole.replaceAll(" ", ""));
        for (const line of [...pieces, ...lines]) {
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});
