import { type DumpLook, type DumpView } from "../../src/render/dump-row.ts";
import { expect } from "vitest";
import { createTheme } from "../../src/render/theme.ts";
import type { Event } from "../../src/transport/events.ts";
import { displayWidth } from "../../src/width.ts";
import { captureEvents, harEvents, rawEvents } from "./dump-events.ts";
import { expectGolden } from "./golden.ts";
import { numbered } from "./numbered.ts";

/** A form in all the sizes that are compared: an 80 and a 120 columns wide screen, and a log file. */
export const DUMP_LOOKS = [
  ["80", { columns: 80 }],
  ["120", { columns: 120 }],
  ["80-color", { columns: 80, color: true }],
  ["120-color", { columns: 120, color: true }],
  ["log", {}],
] as const satisfies [string, { columns?: number; color?: boolean }][];

export type GoldenLook = (typeof DUMP_LOOKS)[number][1];

const INPUTS = { capture: captureEvents, har: harEvents, raw: rawEvents };

/** The lines of a view for all of the events. */
export function linesOf(view: DumpView, events: readonly Event[]): string[] {
  return [...numbered(events).flatMap((one) => view.push(one)), ...view.end()];
}

/** Local times are the same wherever the test runs. */
export function inLocalTime(event: Event): Event {
  const { epochUs } = event.at;
  if (epochUs === 0) return event;
  const offsetUs = new Date(epochUs / 1000).getTimezoneOffset() * 60_000_000;
  return { ...event, at: { ...event.at, epochUs: epochUs + offsetUs } };
}

/** Compares all inputs in a form with `dump/NAME-LOOK.txt`; no line is too wide, and none is hostile. */
export function expectDumpGolden(
  name: string,
  [file, look]: readonly [string, GoldenLook],
  create: (look: DumpLook) => DumpView,
): void {
  const { columns, color = false }: { columns?: number; color?: boolean } = look;
  const theme = createTheme(color ? 1 : 0);
  const parts = Object.entries(INPUTS).map(([title, events]) => {
    const lines = linesOf(create({ theme, columns, maxPrint: 256 }), events().map(inLocalTime));
    for (const line of lines) {
      const plain = color ? line.replace(/\x1b\[\d+m/g, "") : line;
      expect(plain).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e\u200b]/);
      // Header fields are for copying, and therefore not broken.
      if (/^ *[→←] [\w-]+: /.test(plain)) continue;
      if (displayWidth(plain) > (columns ?? Infinity)) expect(plain).toBe(`${columns} columns`);
    }
    return `=== ${title}\n${lines.map((line) => `${line}\n`).join("")}`;
  });
  expectGolden(`dump/${name}-${file}.txt`, parts.join("\n"));
}
