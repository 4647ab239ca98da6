import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toNanoseconds } from "../../../src/capture/packets/packet.ts";
import { MAX_SECONDS, TimeScale, unitsPerSecond } from "../../../src/capture/packets/time-scale.ts";

function nsOf(scale: TimeScale, units: bigint): bigint {
  const time = { seconds: 0, nanoseconds: 0 };
  scale.set(time, Number(units >> 32n), Number(units & 0xffff_ffffn));
  expect(time.nanoseconds).toBeLessThan(1e9);
  return toNanoseconds(time.seconds, time.nanoseconds);
}

describe("if_tsresol", () => {
  it.each([
    ["seconds", 0, 1_700_000_000n, 1_700_000_000_000_000_000n],
    ["ms", 3, 1_700_000_000_123n, 1_700_000_000_123_000_000n],
    ["µs", 6, 1_700_000_000_123_456n, 1_700_000_000_123_456_000n],
    ["ns", 9, 1_700_000_000_123_456_789n, 1_700_000_000_123_456_789n],
    ["ps", 12, 1_700_000_123_456_789_012n, 1_700_000_123_456_789n],
    ["halves", 0x81, 3n, 1_500_000_000n],
    ["2^-10 s", 0x8a, 1025n, 1_000_976_562n],
    ["2^-30 s", 0x9e, (7n << 30n) + (1n << 29n), 7_500_000_000n],
    ["2^-32 s", 0xa0, (7n << 32n) + (1n << 30n), 7_250_000_000n],
    ["10^-127 s", 127, 1n << 63n, 0n],
  ])("%s", (_, resolution, units, ns) => {
    expect(nsOf(new TimeScale(unitsPerSecond(resolution)), units)).toBe(ns);
  });

  it("is exact for any count of any unit, as far as there are dates", () => {
    const resolutions = fc.constantFrom(3, 6, 9, 10, 12, 0x80, 0x85, 0x97, 0x98, 0x9d, 0xa0, 0xbf);
    fc.assert(
      fc.property(resolutions, fc.bigInt(0n, 2n ** 53n * 1_000n), (resolution, units) => {
        const perSecond = unitsPerSecond(resolution);
        fc.pre(units / perSecond <= BigInt(MAX_SECONDS));
        const expected = (units * 1_000_000_000n) / perSecond;
        expect(nsOf(new TimeScale(perSecond), units)).toBe(expected);
      }),
    );
  });

  it("is counted from if_tsoffset", () => {
    expect(nsOf(new TimeScale(1000n, -10), 12_345n)).toBe(2_345_000_000n);
  });

  it.each([
    ["that its units tell", new TimeScale(1n), 1n << 63n],
    ["that its start tells", new TimeScale(1n, 2 ** 62), 0n],
    ["before 1970", new TimeScale(1n, -(2 ** 62)), 0n],
  ])("reaches no farther than dates do: %s", (_, scale, units) => {
    const ms = Number(nsOf(scale, units) / 1_000_000n);
    expect(new Date(ms).valueOf()).toBe(ms);
    expect(Math.abs(ms)).toBe(MAX_SECONDS * 1000);
  });
});
