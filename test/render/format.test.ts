import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLatency,
  formatPlural,
  formatTime,
} from "../../src/render/format.ts";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [5, "5 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [9.94 * 1024, "9.9 KiB"],
    [9.96 * 1024, "10 KiB"],
    [65_536, "64 KiB"],
    [1_048_575, "1.0 MiB"],
    [1_992_294, "1.9 MiB"],
    [3 * 2 ** 30, "3.0 GiB"],
    [5000 * 2 ** 40, "5000 TiB"],
  ])("%d → %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("formatCount", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1_499_998, "1,499,998"],
    [-12_345, "-12,345"],
    [1234.6, "1,235"],
    [2 ** 64, "18,446,744,073,709,551,616"],
    [18_446_744_073_709_551_615n, "18,446,744,073,709,551,615"],
    [Number.POSITIVE_INFINITY, "Infinity"],
  ])("%d → %s", (count, text) => expect(formatCount(count)).toBe(text));
});

describe("formatPlural", () => {
  it.each([
    [0, "0 days"],
    [1, "1 day"],
    [1000, "1,000 days"],
  ])("%d → %s", (count, text) => expect(formatPlural(count, "day")).toBe(text));
});

describe("formatLatency", () => {
  it.each([
    [0, "0.00ms"],
    [0.004, "0.004ms"],
    [0.09, "0.09ms"],
    [0.42, "0.42ms"],
    [9.994, "9.99ms"],
    [9.996, "10.0ms"],
    [11.2, "11.2ms"],
    [99.96, "100ms"],
    [842, "842ms"],
    [999.4, "999ms"],
    [999.6, "1.00s"],
    [1200, "1.20s"],
    [61_500, "61.5s"],
    [120_000, "120s"],
  ])("%d ms → %s", (ms, text) => expect(formatLatency(ms)).toBe(text));
});

describe("formatDuration", () => {
  it.each([
    [0.4, "0.4 ms"],
    [9.96, "10 ms"],
    [43, "43 ms"],
    [999.6, "1.0 s"],
    [1234, "1.2 s"],
    [21_000, "21 s"],
    [59_400, "59 s"],
    [59_600, "1 min 00 s"],
    [125_000, "2 min 05 s"],
    [3_599_600, "1 h 00 min"],
    [11_040_000, "3 h 04 min"],
  ])("%d ms → %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("formatTime", () => {
  it("is the local time of day with milliseconds", () => {
    const local = new Date(2026, 1, 3, 4, 5, 6, 78);
    expect(formatTime(local.getTime() * 1000 + 999)).toBe("04:05:06.078");
  });
});
