import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatTime } from "../../src/render/format.ts";
import { type RecentLook, recentFrameLines } from "../../src/render/recent-frames.ts";
import { createTheme } from "../../src/render/theme.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { filler } from "../helpers/bytes.ts";
import { frameEvents } from "../helpers/frame-events.ts";
import { expectGolden } from "../helpers/golden.ts";

const look: RecentLook = { theme: createTheme(0), columns: 80, timestamps: "off" };
const packed = deflateRawSync("hello ".repeat(9), { finishFlush: constants.Z_SYNC_FLUSH });
const events = frameEvents(
  [
    { opcode: 1, maskKey: 0x37fa213d, payload: "Hello \x1b[2J" },
    { opcode: 1, rsv1: true, fin: false, payload: packed.subarray(0, 4) },
    { opcode: 0, payload: packed.subarray(4, -4) },
    { opcode: 9, rsv2: true },
  ],
  { createInflate },
);

describe("past frames", () => {
  it.each([80, 120])("are decoded in full, on %d columns", (columns) => {
    const lines = recentFrameLines(events, { ...look, columns });
    expectGolden(`recent-frames/${columns}.txt`, `${lines.join("\n")}\n`);
  });

  it("in color", () => {
    const theme = createTheme(1);
    const lines = recentFrameLines(events, { ...look, theme });
    expectGolden("recent-frames/color.txt", `${lines.join("\n")}\n`);
  });

  it("show their payloads up to a bound, and tell that", () => {
    const [event] = frameEvents([{ opcode: 2, payload: filler(20_000) }]);
    expect(recentFrameLines([event!], look).at(-1)).toMatch(/… 16,384 of 20,000 B$/);
    const few = recentFrameLines([event!], { ...look, maxPrint: 32 });
    expect(few.at(-1)).toMatch(/… 32 of 20,000 B$/);
  });

  it("tell when they passed", () => {
    const at = (ns: bigint) => ({ at: { epochUs: 1_000_000, ns } });
    const [first, second] = events;
    const passed = [
      { ...first!, ...at(1_000_000_000n) },
      { ...second!, ...at(3_500_000_000n) },
    ];
    const times = (timestamps: NonNullable<RecentLook["timestamps"]>) =>
      recentFrameLines(passed, { ...look, timestamps })
        .filter((line) => / [→←] text/.test(line))
        .map((line) => line.slice(0, line.search(/ [→←]/)));
    expect(times("time")).toEqual(Array(2).fill(formatTime(1_000_000)));
    expect(times("since")).toEqual(times("time"));
    expect(times("delta")).toEqual(["+   0.000000", "+   2.500000"]);
    expect(times("iso")).toEqual(Array(2).fill("1970-01-01T00:00:01.000000Z"));
  });

  it("of none are no lines", () => expect(recentFrameLines([], look)).toEqual([]));
});
