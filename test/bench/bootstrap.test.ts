import { describe, expect, it } from "vitest";
import { autocorrelation, sampleOf } from "../../src/bench/bootstrap.ts";
import { mergeHistograms } from "../../src/bench/merge-histograms.ts";
import { decodeHistogram } from "../../src/bench/histogram.ts";
import type { Interval } from "../../src/bench/result.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import { histogramResult, sampleInterval } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";

const { latency: LATENCY, ...SECOND } = sampleInterval(0);
const PERCENTILES = [0, 50, 90, 99, 99.9, 100];

function interval(latenciesMs: readonly number[], messagesIn = latenciesMs.length): Interval {
  return {
    ...SECOND,
    messagesIn,
    ...(latenciesMs.length > 0 && { latency: histogramResult(histogramOf(latenciesMs)) }),
  };
}

const INTERVALS = [
  interval([1, 2, 3]),
  interval([]),
  interval([0.0004, 7, 7, 9]),
  interval(Array.from({ length: 300 }, (_, i) => 4 + i / 10)),
];

describe("the figures of a draw", () => {
  it.each([[[1, 1, 1, 1]], [[0, 0, 3, 1]], [[2, 2, 0, 0]], [[0, 1, 0, 3]]])(
    "of %j are those of the intervals, merged so often",
    (times) => {
      const drawn = INTERVALS.flatMap((each, i) => Array.from({ length: times[i]! }, () => each));
      const merged = mergeHistograms(drawn.flatMap(({ latency }) => latency ?? []))!;
      const histogram = decodeHistogram(merged.encoded);
      const figures = sampleOf(INTERVALS, "echo", PERCENTILES).figures(times);
      for (const p of PERCENTILES.slice(1)) {
        expect(figures.get(`p${p}`)).toBe(histogram.getValueAtPercentile(p) / 1e6);
      }
      expect(figures.get("mean")! / merged.mean).toBeCloseTo(1, 6);
      const passed = drawn.reduce((sum, { messagesIn }) => sum + messagesIn, 0);
      expect(figures.get("throughput")).toBe(passed / drawn.length);
    },
  );

  it("are none where nothing was answered", () => {
    const figures = sampleOf(INTERVALS, "echo", [50]).figures([0, 1, 0, 0]);
    expect(Object.fromEntries(figures)).toEqual({
      throughput: 0,
      p50: Number.NaN,
      mean: Number.NaN,
    });
  });
});

describe("a sample", () => {
  /** Seconds at these rates. */
  function paced(rates: readonly number[]) {
    return sampleOf(
      rates.map((rate): Interval => ({ ...SECOND, messagesIn: rate })),
      "echo",
      [],
    );
  }
  const random = seededRandom(3);
  const noise = Array.from({ length: 60 }, () => Math.round(1000 + 100 * random()));
  const waves = noise.map((rate, i) => rate + (Math.floor(i / 10) % 2) * 500);

  it("draws as many intervals as there are, each as likely as another", () => {
    const sample = paced(noise);
    const totals = noise.map(() => 0);
    for (let i = 0; i < 1000; i++) {
      const times = sample.draw(random);
      expect(times.reduce((sum, each) => sum + each, 0)).toBe(60);
      for (const [index, each] of times.entries()) totals[index]! += each;
    }
    expect(Math.min(...totals)).toBeGreaterThan(850);
    expect(Math.max(...totals)).toBeLessThan(1150);
  });

  it("draws one by one what does not go together", () => {
    expect(paced(noise)).toMatchObject({ blockLength: 1, blocks: 60 });
    expect(paced(noise.map(() => 5))).toMatchObject({ blockLength: 1 });
  });

  it("draws neighbours together that are alike", () => {
    const sample = paced(waves);
    expect(sample.blockLength).toBeGreaterThan(3);
    expect(sample.blockLength).toBeLessThanOrEqual(15);
    expect(sample.blocks).toBe(Math.floor(60 / sample.blockLength));
    const times = sample.draw(() => 0.5);
    const twice = Math.ceil(60 / sample.blockLength);
    expect(times.slice(30, 30 + sample.blockLength).every((each) => each >= twice - 1)).toBe(true);
    // What is drawn past the end goes on at the beginning.
    expect(sample.draw(() => 0.999)[0]).toBeGreaterThan(0);
  });

  it("scatters more by blocks than one by one", () => {
    const scatter = (draw: () => number[]) => {
      const sample = paced(waves);
      const rates = Array.from({ length: 300 }, () => sample.figures(draw()).get("throughput")!);
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      return rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0);
    };
    const blocks = scatter(() => paced(waves).draw(random));
    const single = scatter(() => paced(noise).draw(random));
    expect(blocks).toBeGreaterThan(2 * single);
  });

  it("joins neighbours of very long runs, and loses nothing", () => {
    const many = Array.from({ length: 1000 }, (_, i): Interval => ({
      ...SECOND,
      messagesIn: i,
      ...(i % 2 === 0 && LATENCY && { latency: LATENCY }),
    })).slice(0, 601);
    const sample = sampleOf(many, "echo", [50]);
    expect(sample.all).toHaveLength(201);
    expect(sample.figures(sample.all).get("throughput")).toBeCloseTo(300, 6);
    expect(sample.figures(sample.all).get("mean")).toBeCloseTo(LATENCY?.mean ?? 0, 1);
  });
});

describe("autocorrelation", () => {
  it.each([
    [[1, 1, 1], 0],
    [[1, -1, 1, -1], 0],
    [[0, 0, 0, 0, 1, 1, 1, 1], 0.625],
    [[], 0],
  ])("of %j is %d", (values, expected) => {
    expect(autocorrelation(values)).toBeCloseTo(expected, 6);
  });
});
