import { describe, expect, it } from "vitest";
import { formatTime } from "../../src/render/format.ts";
import {
  formatIso,
  formatTimestamp,
  TIMESTAMP_STYLES,
  type TimestampStyle,
} from "../../src/render/timestamps.ts";

const epochUs = Date.UTC(2026, 1, 1, 12, 4, 31) * 1000 + 207_123;
const at = { epochUs, ns: 100_000_000_000n };
const reference = { lineBefore: 99_998_600_000n, opened: 1_000_000_000n };

describe("a timestamp", () => {
  it.each([
    ["time", formatTime(epochUs)],
    ["iso", "2026-02-01T12:04:31.207123Z"],
    ["delta", "+   0.001400"],
    ["since", "   99.000000"],
    ["off", ""],
  ] satisfies [TimestampStyle, string][])("%s", (style, text) => {
    expect(formatTimestamp(style, at, reference)).toBe(text);
  });

  it("is nothing away from itself", () => {
    const nothing = { lineBefore: undefined, opened: undefined };
    expect(formatTimestamp("delta", at, nothing)).toBe("+   0.000000");
    expect(formatTimestamp("since", at, nothing)).toBe("    0.000000");
  });

  it.each(TIMESTAMP_STYLES)("%s is as wide after a year as at once", (style) => {
    const year = { epochUs: epochUs + 31_536_000e6, ns: at.ns + 31_536_000_000_000_000n };
    const [now, later] = [at, year].map((moment) => formatTimestamp(style, moment, reference));
    expect(later).toHaveLength(now!.length);
  });

  it("loses digits of seconds never", () => {
    const far = { ...at, ns: 12_345_678_901_234n * 1_000_000_000n };
    expect(formatTimestamp("delta", far, { lineBefore: 0n, opened: 0n })).toBe("+12345678901234");
  });
});

describe("formatIso", () => {
  it.each([
    [0, "1970-01-01T00:00:00.000000Z"],
    [1_000_007, "1970-01-01T00:00:01.000007Z"],
  ])("%d", (us, text) => expect(formatIso(us)).toBe(text));
});
