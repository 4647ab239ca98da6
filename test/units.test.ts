import { describe, expect, it } from "vitest";
import { FramecatError } from "../src/errors.ts";
import { parseCount, parseDurationMs, parseQuota, parseRate, parseSize } from "../src/units.ts";

function expectUsage(parse: () => unknown, message: RegExp) {
  let thrown: unknown;
  try {
    thrown = parse();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FramecatError);
  expect((thrown as FramecatError).code).toBe("usage");
  expect((thrown as FramecatError).message).toMatch(message);
}

describe("parseDurationMs", () => {
  it.each([
    ["250ms", 250],
    ["10s", 10_000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["500us", 0.5],
    ["1.5s", 1500],
    ["0s", 0],
    ["1_000ms", 1000],
    ["10 s", 10_000],
    [" 10s ", 10_000],
    ["10S", 10_000],
  ])("%j is %d ms", (text, ms) => expect(parseDurationMs(text, "--t")).toBe(ms));

  it.each([
    "",
    "10",
    "s",
    "-1s",
    "1.s",
    ".5s",
    "1e3s",
    "10x",
    "10ss",
    "1s2",
    "Infinitys",
    "١s",
    "1_s",
    "1__0s",
  ])("%j is none", (text) =>
    expectUsage(() => parseDurationMs(text, "--t"), /^--t must be a duration such as/),
  );

  it("is no longer than a timer waits", () => {
    expect(parseDurationMs("596h", "--t")).toBe(2_145_600_000);
    expectUsage(() => parseDurationMs("597h", "--t"), /^--t must be at most 24 days, not "597h"$/);
    expectUsage(() => parseDurationMs(`${"9".repeat(400)}s`, "--t"), /^--t must be/);
  });

  it("tells the flag and what was given", () => {
    expectUsage(() => parseDurationMs("5", "--wait"), /^--wait must be .*10s.*, not "5"$/);
  });
});

describe("parseSize", () => {
  it.each([
    ["0", 0],
    ["512", 512],
    ["512B", 512],
    ["1kB", 1000],
    ["64KiB", 65_536],
    ["1MB", 1_000_000],
    ["1MiB", 1_048_576],
    ["2GiB", 2 ** 31],
    ["1.5KiB", 1536],
    ["1_024", 1024],
    ["0.1MB", 100_000],
    ["1.1kB", 1100],
    ["1.005kB", 1005],
    ["1.1GB", 1_100_000_000],
  ])("%j is %d bytes", (text, size) => expect(parseSize(text, "--s")).toBe(size));

  it.each([
    "",
    "B",
    "-1",
    "1.5",
    "0.0001KiB",
    "64K",
    "1kib/s",
    "0x10",
    "constructor",
    "1constructor",
    "99999999GiB",
  ])("%j is none", (text) => expectUsage(() => parseSize(text, "--s"), /^--s must be/));
});

describe("parseQuota", () => {
  it.each([
    ["100/m", 100, 60_000],
    ["5/s", 5, 1000],
    ["1_000/h", 1000, 3_600_000],
  ])("%j is %d in %d ms", (text, count, periodMs) =>
    expect(parseQuota(text, "--q")).toEqual({ count, periodMs }),
  );

  it.each(["", "100", "/m", "0/m", "1.5/m", "-1/s", "1/ms", "1/d"])("%j is none", (text) =>
    expectUsage(() => parseQuota(text, "--q"), /^--q must be a number in a time, such as 100\/m/),
  );
});

describe("parseRate", () => {
  it.each([
    ["500/s", 500],
    ["30/m", 0.5],
    ["3600/h", 1],
    ["1_000/s", 1000],
    ["2.5/s", 2.5],
    ["0/s", 0],
    [" 5/s ", 5],
  ])("%j is %d a second", (text, rate) => expect(parseRate(text, "--r")).toBeCloseTo(rate, 12));

  it.each([
    "",
    "500",
    "/s",
    "-1/s",
    "1/ms",
    "1/d",
    "x/s",
    "Infinity/s",
    " /s",
    "0x10/s",
    "1e3/s",
    "5 /s/s",
  ])("%j is none", (text) =>
    expectUsage(() => parseRate(text, "--r"), /^--r must be a rate such as/),
  );
});

describe("parseCount", () => {
  it.each([
    ["1", 1],
    ["1000", 1000],
    ["1_000", 1000],
    ["1000000000", 1e9],
  ])("%j is %d", (text, count) => expect(parseCount(text, "--c")).toBe(count));

  it.each(["", "0", "-1", "1.5", "1e3", "0x10", "1000000001", "_", "__", "1_", "_1"])(
    "%j is none",
    (text) => expectUsage(() => parseCount(text, "--c"), /^--c must be a whole number from 1 to/),
  );

  it("keeps within its bounds", () => {
    expect(parseCount("0", "--c", 0, 5)).toBe(0);
    expectUsage(() => parseCount("6", "--c", 0, 5), /from 0 to 5, not "6"$/);
  });
});
