import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame, LengthForm } from "../../src/protocol/frame.ts";
import { DIAGRAM_COLUMNS, frameDiagram } from "../../src/render/diagram.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { filler } from "../helpers/bytes.ts";
import { frameEvent, type FrameSketch } from "../helpers/frame-events.ts";
import { expectGolden } from "../helpers/golden.ts";

const theme = createTheme(0);
const KEY = 0x37fa213d;

function draw(sketch: FrameSketch): string[] {
  return frameDiagram(frameEvent(sketch).frame, theme);
}

/** The digits that stand below the numbers of the bits, read back from the drawing. */
function bitsDrawn(lines: readonly string[]): string {
  return lines
    .slice(2)
    .filter((line) => /^│[01](?:[│ ][01])*│$/.test(line))
    .map((line) => Array.from(line, (char, i) => (i % 2 === 1 ? char : "")).join(""))
    .join("");
}

function bitsSent({ headerBytes }: Frame, masked: Uint8Array): string {
  const octets = [...headerBytes, ...masked];
  return octets.map((octet) => octet.toString(2).padStart(8, "0")).join("");
}

describe("the drawing", () => {
  it.each([
    ["masked", { opcode: 1, maskKey: KEY, payload: "Hello" }],
    ["unmasked", { opcode: 1, payload: "Hello" }],
    ["empty", { opcode: 9 }],
    ["empty-masked", { opcode: 10, maskKey: KEY }],
    ["one-byte", { opcode: 2, lengthForm: 16, payload: "x" }],
    ["length-16", { opcode: 2, payload: filler(256) }],
    ["length-16-masked", { opcode: 2, maskKey: KEY, payload: filler(256) }],
    ["length-64", { opcode: 2, payload: filler(70_000) }],
    ["length-64-masked", { opcode: 2, maskKey: KEY, payload: filler(70_000) }],
    ["fragment", { opcode: 0, fin: false, payload: "more" }],
    ["reserved", { opcode: 3, rsv1: true, rsv2: true, rsv3: true, payload: "?" }],
  ] satisfies [string, FrameSketch][])("%s", (name, sketch) => {
    expectGolden(`diagram/${name}.txt`, `${draw(sketch).join("\n")}\n`);
  });
});

describe("its exactness", () => {
  const sketch = fc.record({
    opcode: fc.nat(15),
    fin: fc.boolean(),
    rsv1: fc.boolean(),
    rsv2: fc.boolean(),
    rsv3: fc.boolean(),
    maskKey: fc.option(fc.nat(0xffffffff), { nil: undefined }),
    payload: fc.uint8Array({ maxLength: 24 }),
    lengthForm: fc.constantFrom<LengthForm>(7, 16, 64),
  });

  it("every line of the frame is as wide as 32 bits, or ends with the frame", () => {
    fc.assert(
      fc.property(sketch, (spec) => {
        const [tens, ones, top, ...rest] = draw(spec);
        expect(displayWidth(tens ?? "")).toBeLessThanOrEqual(DIAGRAM_COLUMNS);
        expect(ones).toMatch(/^( \d){32}$/);
        expect(displayWidth(top ?? "")).toBeGreaterThanOrEqual(33);
        for (const line of rest) expect(displayWidth(line)).toBeLessThanOrEqual(DIAGRAM_COLUMNS);
      }),
    );
  });

  it("each bit stands below its number", () => {
    fc.assert(
      fc.property(sketch, (spec) => {
        const { frame } = frameEvent(spec);
        const key = [24, 16, 8, 0].map((shift) => ((spec.maskKey ?? 0) >>> shift) & 0xff);
        const masked = frame.payload.map((octet, i) => octet ^ key[i % 4]!);
        const drawn = bitsDrawn(draw(spec));
        expect(bitsSent(frame, masked).startsWith(drawn)).toBe(true);
        expect(drawn.length).toBeGreaterThanOrEqual(frame.headerBytes.length * 8);
      }),
    );
  });

  it("every border meets another one at both of its ends", () => {
    fc.assert(
      fc.property(sketch, (spec) => {
        const grid = draw(spec).map((line) => Array.from(line));
        const at = (row: number, column: number) => grid[row]?.[column] ?? " ";
        for (const [row, chars] of grid.entries()) {
          for (const [column, char] of chars.entries()) {
            const arms = ARMS[char];
            if (!arms || row < 2) continue;
            const around = [
              at(row - 1, column),
              at(row + 1, column),
              at(row, column - 1),
              at(row, column + 1),
            ];
            const opposite = [1, 0, 3, 2];
            for (const [side, neighbour] of around.entries()) {
              const meets = ARMS[neighbour]?.[opposite[side]!] ?? false;
              expect([char, side, meets]).toEqual([char, side, arms[side]]);
            }
          }
        }
      }),
    );
  });

  it("tells how much payload it leaves out", () => {
    const count = (sketchOf: FrameSketch) => /… and ([\d,]+) B/.exec(draw(sketchOf).at(-1)!)?.[1];
    expect(count({ opcode: 2, payload: filler(10) })).toBeUndefined();
    expect(count({ opcode: 2, payload: filler(11) })).toBe("1");
    expect(count({ opcode: 2, payload: filler(70_000) })).toBe("69,990");
  });

  it("escapes nothing, because characters that are not ASCII are dots", () => {
    expect(draw({ opcode: 1, payload: "\x1b[2J\u009b" }).join("")).not.toMatch(
      /[\x00-\x1f\x7f-\x9f]/,
    );
  });
});

/** Which of its four ends a border has: up, down, left, right. */
const ARMS: Readonly<Record<string, readonly [boolean, boolean, boolean, boolean]>> = {
  "│": [true, true, false, false],
  "─": [false, false, true, true],
  "┌": [false, true, false, true],
  "┐": [false, true, true, false],
  "└": [true, false, false, true],
  "┘": [true, false, true, false],
  "├": [true, true, false, true],
  "┤": [true, true, true, false],
  "┬": [false, true, true, true],
  "┴": [true, false, true, true],
  "┼": [true, true, true, true],
};
