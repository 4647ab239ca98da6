import { describe, expect, it } from "vitest";
import type { BenchResult, LoadModel } from "../../src/bench/result.ts";
import { paceAfter, selfCheckOf } from "../../src/bench/self-check.ts";
import {
  benchResult,
  histogramResult,
  openModelResult,
  SETTINGS,
} from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";

/** So many answers in five seconds, for 7.1 seconds of CPU. */
function runOf(answered: number, load: LoadModel): BenchResult {
  const { messages } = benchResult();
  return benchResult({
    settings: { ...SETTINGS, load },
    messages: { ...messages, planned: answered, sent: answered, answered },
  });
}

const single = runOf(500_000, { model: "closed", inFlight: 1, thinkMs: 0 });
const deep = runOf(5_000_000, { model: "closed", inFlight: 16, thinkMs: 0 });
const { client } = benchResult();

function paced(busy: number, limits: readonly string[] = []): BenchResult {
  const slip = histogramResult(histogramOf([0.01, 0.01, 0.2]));
  const base = openModelResult();
  return { ...base, client: { ...client, busy, limits }, histograms: { ...base.histograms, slip } };
}

it("paces at a quarter of what one in flight reached, in two digits", () => {
  expect(paceAfter(single)).toBe(25_000);
  expect(paceAfter(runOf(123_456, { model: "closed", inFlight: 1, thinkMs: 0 }))).toBe(6200);
  expect(paceAfter(runOf(1, { model: "closed", inFlight: 1, thinkMs: 0 }))).toBe(1);
});

describe("a check", () => {
  it("tells what was reached, and what each round trip costs the client", () => {
    const { fastest, workers, connections, cores } = selfCheckOf(
      { single, deep, paced: paced(0.1) },
      4,
    );
    expect([workers, connections, cores]).toEqual([2, 1000, 4]);
    expect(fastest).toEqual([
      { inFlight: 1, roundTripsPerSecond: 100_000, clientCpuUsPerRoundTrip: 14.2 },
      { inFlight: 16, roundTripsPerSecond: 1_000_000, clientCpuUsPerRoundTrip: 1.42 },
    ]);
  });

  it("tells the floor of a latency and how late messages were sent", () => {
    const run = paced(0.1);
    const { latency } = run.histograms;
    const { paced: pace } = selfCheckOf({ single, deep, paced: run }, 4);
    expect(pace).toMatchObject({
      ratePerSecond: 4000,
      busy: 0.1,
      latencyMs: { p50: latency?.p50, p99: latency?.p99, max: latency?.max },
      slipMs: { p50: expect.closeTo(0.01, 4), max: expect.closeTo(0.2, 3) },
    });
  });

  it.each([
    // At 4,000 a second half of the time is spared: 80 % are taken at 6,400.
    ["as long as the busiest worker has time to spare", paced(0.5), 6400],
    ["at most what was reached", paced(0.001), 100_000],
    ["what was reached, where no work was seen", paced(0), 100_000],
    ["not at all where it was its own limit", paced(0.5, ["It was busy."]), 0],
  ])("is trusted %s", (_, run, trusted) => {
    const check = selfCheckOf({ single, deep, paced: run }, 4);
    expect(check.trustedPerSecond).toBe(trusted);
    expect(check.limits).toEqual(run.client.limits);
  });
});
