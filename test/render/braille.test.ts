import { describe, expect, it } from "vitest";
import { BrailleCanvas } from "../../src/render/braille.ts";

function text(canvas: BrailleCanvas, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) =>
    canvas
      .row(row)
      .map((cell) => cell.text)
      .join(""),
  );
}

describe("a canvas of braille", () => {
  it.each([
    [0, 3, "⠁"],
    [0, 2, "⠂"],
    [0, 1, "⠄"],
    [0, 0, "⡀"],
    [1, 3, "⠈"],
    [1, 2, "⠐"],
    [1, 1, "⠠"],
    [1, 0, "⢀"],
  ])("has the dot %i, %i where it is in %s", (x, y, char) => {
    const canvas = new BrailleCanvas(1, 1);
    canvas.dot(x, y, 0);
    expect(text(canvas, 1)).toEqual([char]);
  });

  it("puts dots of one cell together, and leaves the others empty", () => {
    const canvas = new BrailleCanvas(2, 2);
    for (let y = 0; y < 4; y++) for (let x = 0; x < 2; x++) canvas.dot(x, y, 0);
    canvas.dot(3, 7, 0);
    expect(text(canvas, 2)).toEqual([" ⠈", "⣿ "]);
  });

  it("knows who drew in a cell first", () => {
    const canvas = new BrailleCanvas(2, 1);
    canvas.dot(0, 0, 1);
    canvas.dot(0, 1, 0);
    expect(canvas.row(0).map(({ owner }) => owner)).toEqual([1, undefined]);
  });

  it.each([
    [-1, 0],
    [0, -1],
    [4, 0],
    [0, 8],
  ])("drops the dot %i, %i that is outside", (x, y) => {
    const canvas = new BrailleCanvas(2, 2);
    canvas.dot(x, y, 0);
    expect(text(canvas, 2)).toEqual(["  ", "  "]);
  });
});
