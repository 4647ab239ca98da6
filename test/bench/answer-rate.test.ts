import { describe, expect, it } from "vitest";
import { answersIn, answersPerSecond } from "../../src/bench/answer-rate.ts";
import type { Measure } from "../../src/bench/result.ts";
import { benchResult, sampleInterval, SETTINGS } from "../helpers/bench-result.ts";

const { messages, throughput } = benchResult();

function result(measure: Measure, windowMs = 5000) {
  return benchResult({
    settings: { ...SETTINGS, measure },
    messages: { ...messages, answered: 500 },
    throughput: { ...throughput, windowMs },
  });
}

describe("answers", () => {
  it.each([
    ["echo", 4000],
    ["push", 4000],
    ["fanout", 4000],
    ["ping", 100],
    ["connect", 100],
    ["hold", undefined],
  ] as const)("per second of %s are %s", (measure, rate) => {
    expect(answersPerSecond(result(measure))).toBe(rate);
  });

  it("are not told where there was no window", () => {
    expect(answersPerSecond(result("echo", 0))).toBeUndefined();
    expect(answersPerSecond(result("ping", 0))).toBeUndefined();
  });

  it("in an interval are what came in, or was answered without a message", () => {
    const interval = sampleInterval(0, { messagesIn: 7 });
    expect(answersIn(interval, "echo")).toBe(7);
    expect(answersIn(interval, "ping")).toBe(4000);
    expect(answersIn(sampleInterval(-2), "connect")).toBe(0);
  });
});
