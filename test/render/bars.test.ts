import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawBar, drawHistogram } from "../../src/render/bars.ts";
import { displayWidth } from "../../src/width.ts";

describe("drawBar", () => {
  it.each([
    [0, ""],
    [1, "████"],
    [2, "████"],
    [0.5, "██"],
    [5 / 32, "▋"],
    [1 / 1000, "▏"],
    [Number.NaN, ""],
    [-1, ""],
  ])("%d of four columns is %j", (share, bar) => expect(drawBar(share, 4)).toBe(bar));
});

describe("drawHistogram", () => {
  it("aligns the labels and scales to the largest", () => {
    const rows = [
      { label: "0.1 ms", value: 1 },
      { label: "0.4 ms", value: 16 },
      { label: "12.8 ms", value: 0 },
    ];
    expect(drawHistogram(rows, 11)).toEqual([" 0.1 ms ▏▏", " 0.4 ms ▏██", "12.8 ms ▏"]);
  });

  it("draws nothing of nothing", () => {
    expect(drawHistogram([], 40)).toEqual([]);
    expect(drawHistogram([{ label: "a", value: 0 }], 40)).toEqual(["a ▏"]);
  });

  it("keeps within the width, and shows every value above zero", () => {
    const row = fc.record({ label: fc.string({ maxLength: 8 }), value: fc.nat() });
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 12, max: 120 }), (rows, width) => {
        for (const [i, line] of drawHistogram(rows, width).entries()) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(/[▏▎▍▌▋▊▉█]$/u.test(line.slice(line.indexOf("▏") + 1))).toBe(rows[i]!.value > 0);
        }
      }),
    );
  });
});
