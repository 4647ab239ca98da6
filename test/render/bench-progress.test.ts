import { expect, it } from "vitest";
import type { BenchProgress } from "../../src/bench/progress.ts";
import { benchProgressLine, ERASE_LINE } from "../../src/render/bench-progress.ts";
import { createTheme } from "../../src/render/theme.ts";

const running: BenchProgress = {
  phase: "measuring",
  elapsedMs: 3010,
  remainingMs: 2990,
  done: undefined,
  sockets: { open: 1000, attempted: 1000 },
  messagesPerSecond: 197_417.3,
  p50Ms: 0.48,
  p99Ms: 1.23,
  errors: 0,
};

function line(given: Partial<BenchProgress>, columns = 80, level: 0 | 1 = 0): string {
  return benchProgressLine({ ...running, ...given }, { theme: createTheme(level), columns });
}

it.each<[string, Partial<BenchProgress>]>([
  ["measuring · 3 s, 3 s to go · 1,000 open · 197,417 msg/s · p50 0.48ms p99 1.23ms", {}],
  [
    "connecting · 12 s · 3 of 1,000 open",
    {
      phase: "connecting",
      elapsedMs: 12_000,
      remainingMs: undefined,
      p50Ms: undefined,
      sockets: { open: 3, attempted: 1000 },
    },
  ],
  [
    "warming up · 1 s, 1 min 01 s to go · 1,000 open · 9 msg/s",
    {
      phase: "warm-up",
      elapsedMs: 1000,
      remainingMs: 61_000,
      messagesPerSecond: 9,
      p50Ms: undefined,
      p99Ms: undefined,
    },
  ],
  [
    "measuring · 1,500 of 2,000 · 1,000 open · 9 msg/s · p50 0.48ms p99 1.23ms",
    { messagesPerSecond: 9, done: { answered: 1500, of: 2000 }, remainingMs: undefined },
  ],
])("says %s", (text, given) => {
  expect(line(given)).toBe(text);
});

it("fits its columns, with the failures always in sight", () => {
  const text = line({ errors: 12 }, 60);
  expect(text).toHaveLength(60);
  expect(text).toMatch(/… · 12 failed$/);
  expect(line({}, 30)).toHaveLength(30);
});

it("is quiet but for what failed", () => {
  const bad = createTheme(1).bad("2 failed");
  expect(line({ errors: 2 }, 200, 1).endsWith(bad)).toBe(true);
});

it("is redrawn from the start of the line", () => {
  expect(ERASE_LINE).toBe("\r\x1b[2K");
});
