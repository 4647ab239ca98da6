import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDumpLines, type DumpLinesOptions } from "../../src/render/dump-lines.ts";
import { deltaText } from "../../src/render/dump-row.ts";
import { DELTA_COLUMNS, writeDelta } from "../../src/render/plain-row.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { Event } from "../../src/transport/events.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { captureEvents, harEvents, rawEvents } from "../helpers/dump-events.ts";
import { frameEvents, type FrameSketch } from "../helpers/frame-events.ts";
import { numbered } from "../helpers/numbered.ts";
import { writtenBy } from "../helpers/text-bytes.ts";

const theme = createTheme(0);

/** What is written is what spans give. */
function expectSame(events: readonly Event[], options: Partial<DumpLinesOptions> = {}): void {
  const rows = numbered(events);
  const [spans, octets] = [0, 1].map(() => createDumpLines({ theme, ...options }));
  const { text } = writtenBy((out) => rows.forEach((row) => octets!.write(row, out)));
  const lines = rows.flatMap((row) => spans!.push(row));
  expect(text).toBe(lines.map((line) => `${line}\n`).join(""));
}

describe("rows without color and screen", () => {
  it.each([
    ["a capture", captureEvents, {}],
    ["a capture, of which little is printed", captureEvents, { maxPrint: 3 }],
    ["a capture with the time since each opened", captureEvents, { timestamps: "since" as const }],
    ["a capture without times", captureEvents, { timestamps: "off" as const }],
    ["a capture in full", captureEvents, { verbosity: 1 }],
    ["a HAR", harEvents, {}],
    ["frames", rawEvents, {}],
  ])("are the same of %s", (_, events, options) => expectSame(events(), options));

  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("", " ", "   ", "ends with spaces  ", "…", "nbsp\u00a0", "\u3000", "a\nb"),
  );
  const sketch: fc.Arbitrary<FrameSketch> = fc.record({
    opcode: fc.constantFrom(0, 1, 1, 1, 2, 3, 8, 9, 10),
    fin: fc.boolean(),
    rsv1: fc.boolean(),
    payload: fc.oneof(
      text,
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(1e6).map((n) => "x".repeat(n % 3000)),
    ),
    maskKey: fc.option(fc.nat(0xffffffff), { nil: undefined }),
  });

  it("are the same of any frames, at any times", () => {
    const step = fc.oneof(fc.constant(0), fc.integer({ min: -20_000, max: 20_000 }), fc.nat(1e12));
    const timed = fc.array(fc.tuple(sketch, step), { maxLength: 12 });
    fc.assert(
      fc.property(
        timed,
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (frames, maxPrint, inflates) => {
          const options = inflates ? { createInflate } : {};
          let ns = 1_700_000_000_000_000_000n;
          const events = frameEvents(
            frames.map(([one]) => one),
            options,
          ).map((event, i) => {
            ns += BigInt(frames[i]![1]) * 1000n;
            return { ...event, at: { epochUs: Number(ns / 1000n), ns } };
          });
          expectSame(events, { maxPrint });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("show any time since the row before as it is formatted", () => {
    const ms = fc.oneof(
      fc.double({ min: -10, max: 2000, noNaN: true }),
      // Microseconds: every tenth one lies between two that can be shown.
      fc.nat(20_000).map((us) => us / 1000),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(ms, (elapsed) => {
        const { text: written } = writtenBy((out) => writeDelta(elapsed, out));
        expect(written).toBe(`${deltaText(elapsed).padStart(DELTA_COLUMNS)} `);
      }),
      { numRuns: 500 },
    );
  });
});
