import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BenchProgress } from "../../src/bench/progress-state.ts";
import { benchLive, benchPlainLine } from "../../src/render/bench-live.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { expectGolden } from "../helpers/golden.ts";

const running: BenchProgress = {
  phase: "measuring",
  elapsedMs: 12_000,
  remainingMs: 18_000,
  sockets: { connecting: 0, open: 1000, attempted: 1000, failed: 0, closed: 0 },
  messagesOutPerSecond: 4000,
  messagesInPerSecond: 987,
  bytesOutPerSecond: 104_000,
  bytesInPerSecond: 2.5 * 2 ** 20,
  p50Ms: 0.42,
  p99Ms: 2.1,
  errors: 0,
  history: Array.from({ length: 45 }, (_, i) => ({
    messagesInPerSecond: i === 20 ? 0 : 4000 + 50 * (i - 40) - (i % 7) * 200,
    p99Ms: i === 20 ? undefined : i === 40 ? 21 : 2 + (i % 5) * 2,
  })),
};

const troubled: BenchProgress = {
  ...running,
  sockets: { connecting: 3, open: 981, attempted: 1000, failed: 12, closed: 4 },
  plannedPerSecond: 5000,
  slipMs: 31,
  errors: 16,
};

const dialing: BenchProgress = {
  ...running,
  phase: "connecting",
  elapsedMs: 3000,
  remainingMs: undefined,
  sockets: { connecting: 100, open: 412, attempted: 512, failed: 0, closed: 0 },
  p50Ms: undefined,
  p99Ms: undefined,
  history: [],
};

function live(progress: BenchProgress, columns = 80, rows = 24, level: 0 | 1 = 0): string[] {
  return benchLive(progress, { theme: createTheme(level), columns, rows });
}

describe("the live view", () => {
  it.each([
    ["running", running, 80],
    ["troubled", troubled, 80],
    ["connecting", dialing, 80],
    ["narrow", troubled, 50],
  ] as const)("of a run %s", (name, progress, columns) => {
    expectGolden(`bench/live/${name}.txt`, `${live(progress, columns).join("\n")}\n`);
  });

  it("is quiet but for what failed and what is late", () => {
    const { bad, warn } = createTheme(1);
    const text = live(troubled, 100, 24, 1).join("\n");
    expect(text).toContain(bad("16 errors"));
    expect(text).toContain(warn("31.0 ms late"));
    // Red and yellow are for what is wrong.
    expect(live(running, 100, 24, 1).join("\n")).not.toMatch(/\u001b\[3[13]m/);
  });

  it("fits any terminal", () => {
    const size = fc.integer({ min: 1, max: 150 });
    fc.assert(
      fc.property(
        fc.constantFrom(running, troubled, dialing),
        size,
        size,
        (progress, columns, rows) => {
          const lines = live(progress, columns, rows, 1).map(stripVTControlCharacters);
          expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it("tells the most of what it shows, not of what had no room", () => {
    const history = [900, 1, 2, 3, 4, 5, 6, 7, 8].map((messagesInPerSecond) => ({
      messagesInPerSecond,
      p99Ms: undefined,
    }));
    const throughput = live({ ...running, history }, 36).find((one) =>
      one.startsWith("throughput"),
    );
    expect(throughput).toBe("throughput   ▂▃▄▅▆▇██  max 8 msg/s");
  });

  it("counts messages where the run ends by their number", () => {
    const done = { answered: 1500, of: 2000 };
    const [line] = live({ ...running, remainingMs: undefined, done });
    expect(line).toMatch(/^measuring {4}━+─+ {2}12 s, 1,500 of 2,000 answered$/);
    expect(line?.match(/━/g)?.length).toBe(27);
  });

  it("draws no bar where nobody can tell the end", () => {
    expect(live({ ...running, remainingMs: undefined })[0]).toBe("measuring    12 s");
    expect(live({ ...running, elapsedMs: 0, remainingMs: 0 })[0]).toBe(
      "measuring    0 s, 0 s to go",
    );
  });
});

it("says of nothing that is over that it is to go", () => {
  expect(live({ ...running, phase: "draining", remainingMs: 0 })[0]).toMatch(/━ {2}12 s$/);
});

it.each<[string, BenchProgress]>([
  [
    "measuring 12 s, 18 s to go · 1,000 open · → 4,000 ← 987 msg/s · p50 0.42 ms, p99 2.10 ms",
    running,
  ],
  [
    "measuring 12 s, 18 s to go · 981 of 1,000 open · → 4,000 ← 987 msg/s · p50 0.42 ms, p99 2.10 ms · 16 errors",
    troubled,
  ],
  ["connecting 3 s · 412 of 512 open", dialing],
  [
    "warming up 1 s, 1 min 01 s to go · 1,000 open · → 4,000 ← 987 msg/s · 1 error",
    {
      ...running,
      phase: "warm-up",
      elapsedMs: 1000,
      remainingMs: 61_000,
      p50Ms: undefined,
      errors: 1,
    },
  ],
])("a log says %s", (text, progress) => {
  expect(benchPlainLine(progress)).toBe(text);
});
