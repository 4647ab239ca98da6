import { describe, expect, it } from "vitest";
import { judgeTrial } from "../../src/bench/capacity-trial.ts";
import type { AssertionResult, BenchResult } from "../../src/bench/result.ts";
import { benchResult, openModelResult, SETTINGS } from "../helpers/bench-result.ts";

const MET = { expression: "p99<50ms", passed: true, actual: 20, bound: 50, unit: "ms" } as const;
const MISSED = { ...MET, passed: false, actual: 71.234 } as const;
const BUSY = "The busiest worker had work in 99 % of the time.";

/** Made once, as their histograms take their time. */
const [CLOSED, OPEN] = [benchResult(), openModelResult()];

function judge(given: Partial<BenchResult>, base = OPEN) {
  const { told, judged } = judgeTrial({ ...base, ...given }, "rate");
  return { ...judged, closeness: told.closeness };
}

function limitedBy(...limits: string[]): BenchResult["client"] {
  return { ...CLOSED.client, limits };
}

describe("what a trial says of its load", () => {
  it("holds where all objectives are met", () => {
    expect(judge({ assertions: [MET] })).toMatchObject({ outcome: "held", reasons: [] });
  });

  it("missed the objective, by how much", () => {
    const { outcome, reasons } = judge({ assertions: [MET, MISSED] });
    expect([outcome, reasons]).toEqual(["missed", ["p99<50ms: it was 71.2 ms."]]);
  });

  it("missed what could not be judged", () => {
    const nothing: AssertionResult = {
      expression: "p99<50ms",
      passed: false,
      bound: 50,
      unit: "ms",
    };
    const { outcome, reasons } = judge({ assertions: [nothing] });
    expect([outcome, reasons]).toEqual(["missed", ["p99<50ms: nothing was measured."]]);
  });

  it("says nothing of the server where the client was the limit", () => {
    const { outcome, reasons } = judge({ assertions: [MISSED], client: limitedBy(BUSY) });
    expect([outcome, reasons[0]]).toEqual(["client-limited", BUSY]);
  });

  it("holds all the same where the client was the limit, but all was sent and in time", () => {
    const held = judge({ assertions: [MET], client: limitedBy(BUSY) });
    expect(held).toMatchObject({ outcome: "held", reasons: [BUSY] });
    const closed = judge({ assertions: [MET], client: limitedBy(BUSY) }, CLOSED);
    expect(closed.outcome).toBe("client-limited");
  });

  it("says nothing where a worker died, or counts differ", () => {
    const died = { ...limitedBy("1 of 2 workers died"), deaths: ["SIGKILL"] };
    expect(judge({ assertions: [MET], client: died }).outcome).toBe("client-limited");
    const { outcome, reasons } = judge({ assertions: [MET], discrepancies: ["1 is not 2"] });
    expect([outcome, reasons]).toEqual(["client-limited", ["The counts differ: 1 is not 2."]]);
  });

  it("missed a load that could not be sent in full, whatever the objectives say", () => {
    const messages = { ...OPEN.messages, sent: 19_700, unsent: 300, answered: 19_700 };
    const { outcome, reasons } = judge({ assertions: [MET], messages });
    expect([outcome, reasons]).toEqual([
      "missed",
      ["Only 98 % of the planned messages could be sent."],
    ]);
  });

  it("missed a number of sockets that were never open", () => {
    const sockets = { ...CLOSED.sockets, opened: 950, failed: 50, open: 950, peak: 950 };
    const result = { ...CLOSED, assertions: [MET], sockets };
    expect(judgeTrial(result, "connections").judged).toMatchObject({
      outcome: "missed",
      reasons: ["At most 95 % of the sockets were open."],
    });
    expect(judgeTrial(result, "rate").judged.outcome).toBe("held");
  });

  it("tells how near the nearest bound of a latency is", () => {
    const share: AssertionResult = { ...MET, expression: "errors<1%", unit: "percent", actual: 49 };
    expect(judge({ assertions: [MET, share] }).closeness).toBeCloseTo(0.4);
    expect(judge({ assertions: [share] }).closeness).toBe(0);
    expect(judge({ assertions: [{ ...MET, expression: "p50>1ms" }] }).closeness).toBe(0);
  });

  it("has its figures, and none that were not measured", () => {
    const { figures } = judge({ assertions: [MET] });
    const { p50, p99, p99_9, max } = OPEN.histograms.latency!;
    expect(figures).toEqual({
      ratePerSecond: 4000,
      latency: { p50, p99, p99_9, max },
      errors: 0,
      attempts: 20_000,
      clientBusy: 0.71,
    });
    const held = judge({ settings: { ...SETTINGS, measure: "hold" }, histograms: {} });
    expect(Object.keys(held.figures)).toEqual(["errors", "attempts", "clientBusy"]);
  });
});
