import { describe, expect, it } from "vitest";
import { findKnee } from "../../src/bench/knee.ts";

function knee(loads: readonly number[], latency: (load: number, i: number) => number) {
  return findKnee(loads.map((load, i) => ({ load, ms: latency(load, i) })))?.load;
}

const TENS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

describe("the knee of load against latency", () => {
  it("is the last load before a sudden rise", () => {
    const measured = [1, 1.1, 1.05, 1.3, 40, 900];
    expect(knee([100, 200, 400, 800, 1000, 1200], (_, i) => measured[i]!)).toBe(800);
  });

  it("is where a queue begins to grow", () => {
    // M/M/1, whose server does 101 a second.
    expect(knee(TENS, (load) => 1000 / (101 - load))).toBeOneOf([70, 80, 90]);
  });

  it("is the same in any unit", () => {
    const queue = (load: number) => 1 / (101 - load);
    const inMs = knee(TENS, queue);
    expect(knee(TENS, (load) => 1000 * queue(load))).toBe(inMs);
    const thousands = TENS.map((load) => load * 1000);
    expect(knee(thousands, (load) => queue(load / 1000))).toBe(inMs! * 1000);
  });

  it("comes with its latency", () => {
    const points = [1, 1, 1, 1, 50].map((ms, i) => ({ load: i + 1, ms }));
    expect(findKnee(points)).toEqual({ load: 4, ms: 1 });
  });

  it.each<[string, readonly number[], (load: number) => number]>([
    ["nothing was measured", [], () => 1],
    ["there are three points", [1, 2, 3], (load) => 10 ** load],
    ["nothing rises", TENS, () => 1],
    ["it does not even double", TENS, (load) => (load < 90 ? 1 : 1.9)],
    ["it falls", TENS, (load) => 1000 / load],
    ["it rises in proportion", TENS, (load) => load],
    ["it is 0", TENS, () => 0],
  ])("is absent where %s", (_, loads, latency) => {
    expect(knee(loads, latency)).toBeUndefined();
  });
});
