import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  describeSizes,
  drawSize,
  maxSize,
  minSize,
  parseSizes,
  type SizeSpec,
} from "../../src/scenario/sizes.ts";
import { unreachable } from "../../src/transport/events.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

describe("parseSizes", () => {
  it.each<[string, SizeSpec, string]>([
    ["20", { kind: "fixed", size: 20 }, "20 B"],
    ["0", { kind: "fixed", size: 0 }, "0 B"],
    [" 1KiB ", { kind: "fixed", size: 1024 }, "1 KiB"],
    ["1500", { kind: "fixed", size: 1500 }, "1500 B"],
    ["100-2KiB", { kind: "range", min: 100, max: 2048 }, "100 B–2 KiB"],
    ["5-5", { kind: "range", min: 5, max: 5 }, "5 B–5 B"],
    [
      "20:70%,1KiB:25%, 64KiB:5%",
      {
        kind: "mix",
        choices: [
          { size: 20, percent: 70 },
          { size: 1024, percent: 25 },
          { size: 65_536, percent: 5 },
        ],
      },
      "70 % 20 B, 25 % 1 KiB, 5 % 64 KiB",
    ],
    [
      "1:33.3%,2:66.7%",
      {
        kind: "mix",
        choices: [
          { size: 1, percent: 33.3 },
          { size: 2, percent: 66.7 },
        ],
      },
      "33.3 % 1 B, 66.7 % 2 B",
    ],
    [
      "normal:1KiB:200",
      { kind: "normal", mean: 1024, deviation: 200 },
      "normal, mean 1 KiB, deviation 200 B",
    ],
    ["exp:1KiB", { kind: "exponential", mean: 1024 }, "exponential, mean 1 KiB, at most 10 KiB"],
  ])("%j", (text, spec, words) => {
    expect(parseSizes(text, "--size")).toEqual(spec);
    expect(describeSizes(spec)).toBe(words);
  });

  it.each([
    ["", "--size must be a size such as 512, 64KiB or 1MB"],
    ["x", "--size must be a size"],
    ["-5", "--size must be a size"],
    ["5-", "--size must be a size"],
    ["1-2-3", '--size "1-2-3" is no size and no distribution'],
    ["2KiB-100", "--size 2KiB-100 ends below its beginning"],
    ["20:70,1KiB:30", "is no size and no distribution"],
    ["20,30", "is no size and no distribution"],
    ["20:70%,1KiB", "is no size and no distribution"],
    ["20:-1%,30:101%", "is no size and no distribution"],
    ["20:70%:2", "is no size and no distribution"],
    ["20:70%,30:20%", "the shares of --size add up to 90 %, not to 100 %"],
    ["%", "is no size and no distribution"],
    ["x:100%", "--size must be a size"],
    ["normal:1KiB", "is no size and no distribution"],
    ["normal:100:10:1", "is no size and no distribution"],
    ["normal:100:51", "--size normal:100:51 would have sizes below zero"],
    ["normal:0:0", "the mean of --size must be at least one byte"],
    ["exp:", "--size must be a size"],
    ["exp:0", "the mean of --size must be at least one byte"],
  ])("%j is none", (text, message) => {
    expect(() => parseSizes(text, "--size")).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }),
    );
  });
});

const anySize = fc.integer({ min: 1, max: 100_000 });
const anySpec: fc.Arbitrary<SizeSpec> = fc.oneof(
  anySize.map((size) => ({ kind: "fixed" as const, size })),
  fc
    .tuple(anySize, anySize)
    .map(([a, b]) => ({ kind: "range" as const, min: Math.min(a, b), max: Math.max(a, b) })),
  fc.tuple(anySize, anySize, fc.nat(100)).map(([a, b, percent]) => ({
    kind: "mix" as const,
    choices: [
      { size: a, percent },
      { size: b, percent: 100 - percent },
    ],
  })),
  fc.tuple(anySize, fc.nat(500)).map(([mean, mille]) => ({
    kind: "normal" as const,
    mean,
    deviation: Math.floor((mean * mille) / 1000),
  })),
  anySize.map((mean) => ({ kind: "exponential" as const, mean })),
);

function expectedMean(spec: SizeSpec): number {
  switch (spec.kind) {
    case "fixed":
      return spec.size;
    case "range":
      return (spec.min + spec.max) / 2;
    case "mix":
      return spec.choices.reduce((sum, { size, percent }) => sum + (size * percent) / 100, 0);
    case "normal":
    case "exponential":
      return spec.mean;
    default:
      return unreachable(spec);
  }
}

describe("drawSize", () => {
  it("gives whole sizes within the bounds, also at the ends of what random gives", () => {
    const anyRandom = fc.oneof(
      fc.constantFrom(0, 0.25, 0.5, 1 - 2 ** -53),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    );
    fc.assert(
      fc.property(anySpec, fc.array(anyRandom, { minLength: 2, maxLength: 2 }), (spec, draws) => {
        let next = 0;
        const size = drawSize(spec, () => draws[next++ % 2]!);
        expect(Number.isInteger(size)).toBe(true);
        expect(size).toBeGreaterThanOrEqual(minSize(spec));
        expect(size).toBeLessThanOrEqual(maxSize(spec));
      }),
      { numRuns: 2000 },
    );
  });

  it("has the mean that was asked for", () => {
    fc.assert(
      fc.property(anySpec, fc.nat(), (spec, seed) => {
        const random = seededRandom(seed);
        const draws = 20_000;
        let sum = 0;
        for (let i = 0; i < draws; i++) sum += drawSize(spec, random);
        const mean = expectedMean(spec);
        // Five standard errors of what varies most, and half a byte for the rounding.
        const spread = spec.kind === "mix" ? maxSize(spec) / 2 : mean;
        const tolerance = (5 * spread) / Math.sqrt(draws) + 0.5;
        expect(Math.abs(sum / draws - mean)).toBeLessThan(tolerance);
      }),
      { numRuns: 40 },
    );
  });

  it("reaches both ends of a range", () => {
    const spec: SizeSpec = { kind: "range", min: 3, max: 5 };
    const random = seededRandom(1);
    const seen = new Set(Array.from({ length: 100 }, () => drawSize(spec, random)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([3, 4, 5]);
  });

  it("draws each choice as often as its share says", () => {
    const spec = parseSizes("20:70%,1KiB:25%,64KiB:5%", "--size");
    const random = seededRandom(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 100_000; i++) {
      const size = drawSize(spec, random);
      counts.set(size, (counts.get(size) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([20, 1024, 65_536]);
    expect(counts.get(20)! / 1000).toBeCloseTo(70, 0);
    expect(counts.get(1024)! / 1000).toBeCloseTo(25, 0);
    expect(counts.get(65_536)! / 1000).toBeCloseTo(5, 0);
  });

  it("spreads a normal distribution as asked", () => {
    const spec = parseSizes("normal:1KiB:200", "--size");
    const random = seededRandom(3);
    const sizes = Array.from({ length: 50_000 }, () => drawSize(spec, random));
    const within = sizes.filter((size) => Math.abs(size - 1024) <= 200).length / sizes.length;
    expect(within).toBeCloseTo(0.683, 1);
    expect([minSize(spec), maxSize(spec)]).toEqual([224, 1824]);
  });
});
