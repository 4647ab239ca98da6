import { describe, expect, it } from "vitest";
import { tableLines } from "../../src/render/table.ts";
import { createTheme } from "../../src/render/theme.ts";

const spec = {
  head: ["latency", "p50", "p99"],
  rows: [
    ["corrected", "0.42ms", "11.2ms"],
    ["日本", "9ms", "1.20s"],
  ],
};

describe("tableLines", () => {
  it("aligns by space alone, figures to the right", () => {
    expect(tableLines(spec, createTheme(0))).toEqual([
      "latency       p50     p99",
      "corrected  0.42ms  11.2ms",
      "日本          9ms   1.20s",
    ]);
  });

  it("aligns as asked", () => {
    const lines = tableLines({ ...spec, align: ["right", "left", "left"] }, createTheme(0));
    expect(lines[2]).toBe("     日本  9ms     1.20s");
  });

  it("styles the head alone", () => {
    const [head, ...rows] = tableLines(spec, createTheme(1));
    expect(head).toContain("\x1b[1m");
    expect(rows.join("")).not.toContain("\x1b");
  });
});
