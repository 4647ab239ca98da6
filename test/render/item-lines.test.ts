import { describe, expect, it } from "vitest";
import { itemLines } from "../../src/render/item-lines.ts";
import { span } from "../../src/render/span.ts";
import { createTheme } from "../../src/render/theme.ts";

function lines(items: readonly string[], columns: number): string[] {
  return itemLines(
    items.map((item) => span(item)),
    createTheme(0),
    columns,
  );
}

describe("items in lines", () => {
  it.each([
    [11, ["one · two", "three"]],
    [17, ["one · two · three"]],
    [3, ["one", "two", "thr", "ee"]],
    [Number.POSITIVE_INFINITY, ["one · two · three"]],
  ])("of %d columns", (columns, expected) => {
    expect(lines(["one", "two", "three"], columns)).toEqual(expected);
  });

  it("break between words where one is too long", () => {
    expect(lines(["a", "quick brown fox", "b"], 11)).toEqual(["a", "quick brown", "fox · b"]);
  });

  it("of none are none", () => expect(lines([], 80)).toEqual([]));
});
