import { describe, expect, it } from "vitest";
import { frameHexLines } from "../../src/render/frame-hex.ts";
import { HEXDUMP_COLUMNS } from "../../src/render/hexdump.ts";
import { createTheme } from "../../src/render/theme.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { hex } from "../helpers/bytes.ts";
import { deflated, KEY } from "../helpers/dump-events.ts";
import { frameEvents, type FrameSketch } from "../helpers/frame-events.ts";
import { expectGolden } from "../helpers/golden.ts";

const SKETCHES: readonly FrameSketch[] = [
  { opcode: 1, payload: "Hello", maskKey: KEY },
  { opcode: 2, payload: Buffer.alloc(300, "\x00A") },
  { opcode: 1, rsv1: true, payload: deflated("said again, said again, said again"), maskKey: KEY },
  { opcode: 1, fin: false, payload: "\x1b[2J" },
  { opcode: 0, payload: "", lengthForm: 64, maskKey: KEY },
  { opcode: 9, payload: hex("7f01") },
  { opcode: 8, payload: hex("03e8", "62796521") },
];

function dump(level: 0 | 1): string {
  const theme = createTheme(level);
  return frameEvents(SKETCHES, { createInflate })
    .map((event) => frameHexLines(event, { theme, maxPrint: 32 }))
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

describe("a frame in hex", () => {
  it("has words for what its bytes are", () => expectGolden("frame-hex/plain.txt", dump(0)));

  it("has a color for each of them", () => expectGolden("frame-hex/color.txt", dump(1)));

  it("is as wide as any hexdump, and as harmless", () => {
    for (const line of dump(0).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(HEXDUMP_COLUMNS);
      expect(line).not.toMatch(/[\x00-\x1f]/);
    }
  });
});
