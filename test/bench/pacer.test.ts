import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Pace, Pacer } from "../../src/bench/pacer.ts";
import { seededRandom } from "../../src/seeded-random.ts";

const pacer = (pace: Partial<Pace> = {}) =>
  new Pacer({ ratePerSecond: 10, arrival: "constant", startMs: 1000, random: () => 0, ...pace });

/** The next moments, so many of them. */
function moments(from: Pacer, count: number): number[] {
  return Array.from({ length: count }, () => {
    const at = from.next;
    from.advance();
    return at;
  });
}

describe("a constant rate", () => {
  it.each<[string, Partial<Pace>, number[]]>([
    ["begins at once", {}, [1000, 1100, 1200]],
    ["begins later in its period", { phase: 0.25 }, [1025, 1125, 1225]],
    ["may be slow", { ratePerSecond: 0.5 }, [1000, 3000, 5000]],
    ["may be high", { ratePerSecond: 4000, startMs: 0 }, [0, 0.25, 0.5]],
    ["of 0 has no moment", { ratePerSecond: 0, phase: 0.5 }, [Infinity, Infinity, Infinity]],
  ])("%s", (_, pace, expected) => {
    expect(moments(pacer(pace), 3)).toEqual(expected);
  });

  it("has no error that adds up", () => {
    const thirds = pacer({ ratePerSecond: 300, startMs: 0, phase: 1 / 3 });
    for (let i = 0; i < 300_000; i++) thirds.advance();
    expect(thirds.next).toBeCloseTo(1_000_000 + 10 / 9, 6);
  });
});

describe("Poisson arrivals", () => {
  it.each([1, 2, 3])("have the mean and the variance of an exponential distribution", (seed) => {
    const arrivals = pacer({ arrival: "poisson", startMs: 0, random: seededRandom(seed) });
    const count = 100_000;
    const at = [0, ...moments(arrivals, count)];
    const gaps = at.slice(1).map((moment, i) => moment - at[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / count;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / count;
    // Five standard errors: 100/√n of the mean, √8·100²/√n of the variance.
    expect(Math.abs(mean - 100)).toBeLessThan((5 * 100) / Math.sqrt(count));
    expect(Math.abs(variance - 1e4)).toBeLessThan((5 * Math.sqrt(8) * 1e4) / Math.sqrt(count));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  });

  it("of a rate of 0 have no moment, whatever chance says", () => {
    const none = pacer({ arrival: "poisson", ratePerSecond: 0, random: () => 0 });
    none.advance();
    expect(none.next).toBe(Infinity);
    none.setRate(10, 2000);
    expect(none.next).toBe(2000);
  });
});

describe("another rate", () => {
  it.each<[string, number, number[], number[]]>([
    // The rate, the changes as [at, rate, at, rate, …], the moments.
    ["stretches what is left of the period", 10, [1150, 1], [1000, 1100, 1650, 2650]],
    ["shrinks it", 10, [1150, 100], [1000, 1100, 1155, 1165]],
    ["leaves what is due now", 10, [1100, 1], [1000, 1100, 2100, 3100]],
    ["of 0 leaves it, too", 10, [1100, 0], [1000, 1100, Infinity, Infinity]],
    ["that is the same changes nothing", 10, [1130, 10], [1000, 1100, 1200, 1300]],
    ["may come after none", 0, [5000, 10], [5000, 5100, 5200, 5300]],
    ["of 0 ends it", 10, [1150, 0], [1000, 1100, Infinity, Infinity]],
    ["comes back, with what had passed", 10, [1175, 0, 9000, 10], [1000, 1100, 9025, 9125]],
    ["may change at once", 10, [1150, 0, 1150, 20], [1000, 1100, 1175, 1225]],
  ])("%s", (_, ratePerSecond, changes, expected) => {
    const paced = pacer({ ratePerSecond });
    const found: number[] = [];
    let at = 0;
    while (found.length < expected.length) {
      while (at < changes.length && (changes[at] ?? 0) <= paced.next) {
        // In time, where the loop that pumps is punctual.
        paced.setRate(changes[at + 1]!, changes[at]!);
        at += 2;
      }
      found.push(paced.next);
      paced.advance();
    }
    expect(found).toEqual(expected.map((moment) => expect.closeTo(moment, 6)));
  });

  it("does not move what was due before it and is overdue", () => {
    const late = pacer();
    late.setRate(1, 1250);
    late.setRate(10, 1500);
    expect(moments(late, 5)).toEqual(
      [1000, 1100, 1200, 1525, 1625].map((ms) => expect.closeTo(ms, 6)),
    );
  });

  it("gives the same moments whether it is told in time or late", () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.nat(50));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(20), (gaps, ratePerSecond) => {
        let atMs = 1000;
        const changes = gaps.map(([gap, rate]) => [(atMs += gap), rate] as const);
        const [early, late] = [pacer({ ratePerSecond }), pacer({ ratePerSecond })];
        for (const [at, rate] of changes) late.setRate(rate, at);
        const punctual: number[] = [];
        for (const [at, rate] of changes) {
          for (; early.next <= at; early.advance()) punctual.push(early.next);
          early.setRate(rate, at);
        }
        const overdue = moments(late, punctual.length);
        expect(overdue).toEqual(punctual);
        expect(late.next).toBe(early.next);
      }),
    );
  });
});
