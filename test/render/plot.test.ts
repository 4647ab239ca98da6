import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawLines, drawSparkline, type LinePlot } from "../../src/render/plot.ts";
import { countTick, linearAxis } from "../../src/render/plot-axis.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";

const diagonal: LinePlot = {
  series: [
    {
      points: [
        { x: 0, y: 0 },
        { x: 10, y: 10 },
      ],
    },
  ],
  width: 16,
  height: 3,
  x: linearAxis(0, 10, 2, countTick),
  y: linearAxis(0, 10, 3, countTick),
};

function flat(y: number, x: readonly number[] = [0, 10]) {
  return x.map((one) => ({ x: one, y }));
}

describe("a plot of lines", () => {
  it("has labels to the left of what they name and below it", () => {
    expect(drawLines(diagonal)).toEqual([
      "10 ┤        ⣀⠤⠒⠉",
      " 5 ┤    ⣀⠤⠒⠉",
      " 0 ┤⣀⠤⠒⠉",
      "   └┬──────────┬",
      "    0         10",
    ]);
  });

  it("breaks a line off where there is no value", () => {
    const points = [...flat(0, [0, 3]), { x: 5, y: undefined }, ...flat(0, [8, 10])];
    expect(drawLines({ ...diagonal, series: [{ points }] })[2]).toBe(" 0 ┤⣀⣀⣀⣀     ⣀⣀⣀");
  });

  it("shows a single point", () => {
    expect(drawLines({ ...diagonal, series: [{ points: flat(5, [5]) }] })[1]).toBe(" 5 ┤      ⠂");
  });

  it("draws nothing of nothing", () => {
    const lines = drawLines({ ...diagonal, series: [{ points: [] }] });
    expect(lines.slice(0, 3)).toEqual(["10 ┤", " 5 ┤", " 0 ┤"]);
  });

  it("tells two lines apart without color", () => {
    const series = [{ points: flat(10) }, { points: flat(0), dotted: true }];
    const lines = drawLines({ ...diagonal, series });
    expect(lines[0]).toBe("10 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉");
    expect(lines[2]).toBe(" 0 ┤⡀ ⡀ ⡀ ⡀ ⡀ ⡀");
  });

  it("gives each line its style, the first on top", () => {
    const { bad, good, dim } = createTheme(1);
    const series = [
      { points: flat(0, [0, 5]), style: bad },
      { points: flat(0), style: good },
    ];
    const row = drawLines({ ...diagonal, series, axisStyle: dim })[2];
    expect(row).toBe(`${dim(" 0 ┤")}${bad("⣀⣀⣀⣀⣀⣀⣀")}${good("⣀⣀⣀⣀⣀")}`);
  });

  it("dashes the axis outside of the part that counts", () => {
    const [, , , axis] = drawLines({ ...diagonal, solid: { from: 5, to: 10 } });
    expect(axis).toBe("   └┬╌╌╌╌╌─────┬");
  });

  it("leaves out labels that would meet", () => {
    const x = linearAxis(0, 10, 11, (value) => `${value} seconds`);
    expect(drawLines({ ...diagonal, x, width: 40 }).slice(-2)).toEqual([
      "   └┬─────────────────┬────────────────┬",
      "    0 seconds     5 seconds   10 seconds",
    ]);
  });

  it("is never wider than asked for, and as high", () => {
    const y = fc.option(fc.double({ min: -100, max: 100, noNaN: true }), { nil: undefined });
    const x = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ x, y })),
        fc.integer({ min: 10, max: 90 }),
        fc.integer({ min: 1, max: 12 }),
        (points, width, height) => {
          const lines = drawLines({ ...diagonal, series: [{ points }], width, height });
          expect(lines).toHaveLength(height + 2);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe("a sparkline", () => {
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 8], 8, "▂▃▄▅▆▇██"],
    [[0, undefined, 0.001, 8], 8, "· ▁█"],
    [[100, 1, 2], 2, "▅█"],
    [[0, 0], 4, "··"],
    [[1, 2], 0, ""],
    [[], 4, ""],
  ])("of %j in %i columns is %j", (values, width, text) => {
    expect(drawSparkline(values, width)).toBe(text);
  });
});
