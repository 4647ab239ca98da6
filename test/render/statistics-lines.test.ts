import { describe, expect, it } from "vitest";
import { statisticsLines } from "../../src/render/statistics-lines.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import type { StatisticsSnapshot } from "../../src/scenario/statistics.ts";
import { expectGolden } from "../helpers/golden.ts";

const RICH: StatisticsSnapshot = {
  durationMs: 125_000,
  attempts: 5,
  opened: 3,
  failed: 2,
  reconnects: 2,
  timeouts: 1,
  meanConnectMs: 43.2,
  sent: {
    messages: 12,
    payloadBytes: 1234,
    meanBytes: 102.8,
    wireBytes: 1402,
    frames: { text: 12, ping: 120, close: 1 },
  },
  received: {
    messages: 1499,
    payloadBytes: 2_500_000,
    meanBytes: 1667.8,
    wireBytes: 812_345,
    deflate: { payloadBytes: 2_400_000, wireBytes: 700_000 },
    frames: { text: 1400, continuation: 30, binary: 99, pong: 119, close: 1 },
  },
  roundTripsMs: { count: 119, min: 0.41, mean: 0.93, p50: 0.8, p90: 1.9, p99: 12.4, max: 14.8 },
  errors: { abnormal: 2, "connect-timeout": 1 },
};
const POOR: StatisticsSnapshot = {
  durationMs: 4,
  attempts: 1,
  opened: 0,
  failed: 1,
  reconnects: 0,
  timeouts: 0,
  sent: { messages: 0, payloadBytes: 0 },
  received: { messages: 0, payloadBytes: 0 },
  errors: { unreachable: 1 },
};

const lines = (statistics: StatisticsSnapshot, columns = 80) =>
  statisticsLines(statistics, { theme: createTheme(0), columns });

describe("statistics in lines", () => {
  it("of a long session", () => {
    expectGolden("connect/statistics.txt", `${lines(RICH).join("\n")}\n`);
  });

  it("of a connection that never opened", () => {
    expectGolden("connect/statistics-failed.txt", `${lines(POOR).join("\n")}\n`);
  });

  it("fit the screen", () => {
    for (const columns of [60, 80, 120]) {
      for (const line of lines(RICH, columns)) {
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it("say nothing of deflate where all that was compressed was empty", () => {
    const deflate = { payloadBytes: 0, wireBytes: 1 };
    const text = lines({ ...POOR, sent: { ...POOR.sent, deflate } }).join("\n");
    expect(text).not.toContain("deflate");
  });

  it("in color are the same words", () => {
    const colored = statisticsLines(RICH, { theme: createTheme(1), columns: 80 }).join("\n");
    expect(colored.replaceAll(/\x1b\[\d+m/g, "")).toBe(lines(RICH).join("\n"));
    expect(colored).toContain("\x1b[31m2 failed\x1b[39m");
  });
});
