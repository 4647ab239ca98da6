import type { CapacityResult, CurvePoint } from "../../src/bench/capacity.ts";
import type { CapacityTrial, Figures } from "../../src/bench/capacity-trial.ts";
import { SETTINGS } from "./bench-result.ts";

const BOUND_MS = 50;

/** What was measured where p99 was so long. */
export function sampleFigures(load: number, p99: number, given: Partial<Figures> = {}): Figures {
  return {
    ratePerSecond: Math.min(load, 1000),
    latency: { p50: p99 / 4, p99, p99_9: p99 * 1.2, max: p99 * 1.5 },
    errors: 0,
    attempts: 5 * load,
    clientBusy: load / 5000,
    serverCores: Math.min(1, load / 1000),
    ...given,
  };
}

export function sampleTrial(load: number, repeat: number, p99: number): CapacityTrial {
  const passed = p99 < BOUND_MS;
  return {
    load,
    repeat,
    outcome: passed ? "held" : "missed",
    reasons: passed ? [] : [`p99<50ms: it was ${p99} ms.`],
    objectives: [{ expression: "p99<50ms", passed, actual: p99, bound: BOUND_MS, unit: "ms" }],
    figures: sampleFigures(load, p99),
  };
}

/** Load, trials, how many held, p99. */
const CURVE: readonly (readonly [number, number, number, number])[] = [
  [100, 1, 1, 1.2],
  [200, 1, 1, 1.1],
  [400, 1, 1, 1.6],
  [800, 1, 1, 4.8],
  [1000, 3, 3, 24],
  [1060, 3, 1, 65],
  [1120, 2, 0, 283],
  [1600, 2, 0, 1890],
];

function point([load, trials, held, p99]: (typeof CURVE)[number]): CurvePoint {
  return { load, trials, held, limited: 0, figures: sampleFigures(load, p99), encoded: "HISTFAAA" };
}

/** The search for the capacity of a server that does 1,000 a second; what a test is about is given. */
export function capacityResult(given: Partial<CapacityResult> = {}): CapacityResult {
  return {
    v: "framecat.capacity/1",
    startedAt: "2026-01-01T00:00:00.000Z",
    url: "ws://127.0.0.1:9000/",
    embedded: false,
    settings: {
      ...SETTINGS,
      load: { model: "open", ratePerSecond: 100, per: "total", arrival: "constant" },
      connections: 100,
    },
    slo: [
      { expression: "p99<50ms", bound: BOUND_MS, unit: "ms" },
      { expression: "errors<0.1%", bound: 0.1, unit: "percent" },
    ],
    vary: "rate",
    unit: "per-second",
    search: { from: 100, resolution: 0.05, confirm: 3, maxTrials: 50, whole: false },
    trials: CURVE.flatMap(([load, trials, , p99]) =>
      Array.from({ length: trials }, (_, i) => sampleTrial(load, i + 1, p99)),
    ),
    held: { load: 1000, confirmed: true },
    ended: "missed",
    curve: CURVE.map(point),
    knee: { load: 800, p99: 4.8 },
    ...given,
  };
}

/** A search in which even the lowest load missed the objective. */
export function hopelessResult(given: Partial<CapacityResult> = {}): CapacityResult {
  const { held: _held, knee: _knee, ...rest } = capacityResult();
  return {
    ...rest,
    trials: [sampleTrial(100, 1, 812), sampleTrial(100, 2, 790)],
    curve: [point([100, 2, 0, 800])],
    ...given,
  };
}
