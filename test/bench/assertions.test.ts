import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeAssertion, parseAssertion } from "../../src/bench/assertions.ts";
import type { BenchResult } from "../../src/bench/result.ts";
import { FramecatError } from "../../src/errors.ts";
import { benchResult, histogramResult, openModelResult } from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";

const fine = benchResult();
/** 1 ms to 1000 ms. */
const even = histogramResult(histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1)));

function judge(expression: string, result: BenchResult = fine) {
  return judgeAssertion(parseAssertion(expression), result);
}

function refusal(text: string, flag?: string): FramecatError {
  try {
    parseAssertion(text, flag);
  } catch (thrown) {
    if (thrown instanceof FramecatError) return thrown;
  }
  throw new Error(`${text} was taken`);
}

describe("an assertion", () => {
  it.each([
    ["p99<50ms", 50, "ms"],
    ["p99.9 <= 1s", 1000, "ms"],
    ["max<2s", 2000, "ms"],
    ["mean<10ms", 10, "ms"],
    ["errors<0.1%", 0.1, "percent"],
    ["errors < 5", 5, "count"],
    ["rate>10000", 10_000, "per-second"],
    ["rate>10_000/s", 10_000, "per-second"],
    ["rate>600/m", 10, "per-second"],
    ["connected==1000", 1000, "count"],
    ["answered>=99.9 %", 99.9, "percent"],
    ["lost!=0", 0, "count"],
    ["handshake.p99<100ms", 100, "ms"],
    ["tcp.p50>=1us", 0.001, "ms"],
    ["handshakes>500/s", 500, "per-second"],
    ["server.rss<64MiB", 64 * 2 ** 20, "bytes"],
    ["p0>=0ms", 0, "ms"],
    [" p100 <1h ", 3_600_000, "ms"],
  ])("%s has the bound %d (%s)", (text, bound, unit) => {
    expect(parseAssertion(text)).toMatchObject({ expression: text.trim(), bound, unit });
  });

  it.each([
    ["p99", "needs one of the operators < <= > >= == !="],
    ["p99=50ms", "needs one of the operators"],
    ["p99<>50ms", "needs one of the operators"],
    ["1<p99<2", "needs one of the operators"],
    ["", "needs one of the operators"],
    ["p99<50", 'the bound in --assert "p99<50" must be a duration such as 250ms, 10s or 2m'],
    ["p99<", "must be a duration"],
    ["p99<-1ms", "must be a duration"],
    ["p99<5%", "must be a duration"],
    ["errors<1.5", "must be a whole number"],
    ["errors<5ms", "must be a whole number"],
    ["errors<101%", "must be a share from 0% to 100%"],
    ["errors<x%", "must be a share from 0% to 100%"],
    ["rate>5%", "must not be a share"],
    ["rate>fast", "must be a rate such as 500/s"],
    ["server.rss<1GHz", "must be a size"],
    ["<5", 'nothing is measured by the name ""'],
    ["p101<5ms", 'nothing is measured by the name "p101"'],
    ["p<5ms", 'the name "p"'],
    ["pop.p99<5ms", 'the name "pop.p99"'],
    ["handshake.<5ms", 'the name "handshake."'],
    ["latency.count<5", 'the name "latency.count"'],
    ["constructor<5", 'the name "constructor"'],
    ["P99<5ms", 'the name "P99"'],
  ])("%s is refused: %s", (text, message) => {
    const refused = refusal(text);
    expect(refused.code).toBe("usage");
    expect(refused.message).toContain(message);
  });

  it("that names nothing is told what there is, and where it stands", () => {
    const { message, hint } = refusal("speed>5", "--slo");
    expect(message).toBe('--slo "speed>5": nothing is measured by the name "speed"');
    expect(hint).toContain("percentiles, min, max, mean, stddev");
    expect(hint).toContain("latency, service, slip, gap, handshake, dns, tcp, tls, upgrade");
    expect(hint).toContain("errors, planned, sent, answered");
  });

  it("is parsed, or refused in one line, whatever it is", () => {
    const part = fc.constantFrom("p99", "errors", "<", "==", "5", "ms", "%", ".", " ", "\n", "é");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        try {
          expect(parseAssertion(parts.join("")).bound).toBeGreaterThanOrEqual(0);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(FramecatError);
          expect((thrown as FramecatError).message).not.toContain("\n");
        }
      }),
    );
  });
});

describe("judging", () => {
  it.each([
    ["connected<1000", false],
    ["connected<1001", true],
    ["connected<=1000", true],
    ["connected<=999", false],
    ["connected>1000", false],
    ["connected>999", true],
    ["connected>=1000", true],
    ["connected>=1001", false],
    ["connected==1000", true],
    ["connected==999", false],
    ["connected!=1000", false],
    ["connected!=999", true],
  ])("%s is %s for a thousand", (expression, passed) => {
    expect(judge(expression)).toEqual({
      expression,
      passed,
      actual: 1000,
      bound: Number(/\d+/.exec(expression)?.[0]),
      unit: "count",
    });
  });

  it.each([
    ["p50<1h", 500],
    ["p12.5<1h", 125],
    ["p99.9<1h", 999],
    ["p0<1h", 1],
    ["min<1h", 1],
    ["max<1h", 1000],
    ["p100<1h", 1000],
    ["mean<1h", 500.5],
  ])("reads %s from the histogram", (expression, ms) => {
    const { actual } = judge(expression, benchResult({ histograms: { latency: even } }));
    expect(Math.abs(actual! / ms - 1)).toBeLessThan(0.001);
  });

  it("reads other times than latency by their names", () => {
    expect(judge("handshake.max>8ms").actual).toBeCloseTo(8.7, 1);
    expect(judge("tcp.p50<1ms").passed).toBe(true);
    expect(judge("slip.max<1s", openModelResult()).passed).toBe(true);
    expect(judge("service.p99<1us", openModelResult()).passed).toBe(false);
  });

  it("does not take a percentile for more than the greatest value", () => {
    expect(judge("p100<1s").actual).toBe(fine.histograms.latency?.max);
  });

  it("takes shares of what was planned", () => {
    const messages = { ...fine.messages, planned: 3000, answered: 2997, lost: 3 };
    expect(judge("answered>=99.9%", benchResult({ messages }))).toMatchObject({
      passed: true,
      actual: 99.9,
      unit: "percent",
    });
    expect(judge("errors<0.1%", benchResult({ messages })).passed).toBe(false);
    expect(judge("errors<=3", benchResult({ messages })).passed).toBe(true);
    expect(judge("answered==100%").passed).toBe(true);
  });

  it.each([
    "gap.p99<1h",
    "service.max>=0ms",
    "missing==0",
    "missing!=5",
    "missing<1%",
    "server.rss<1GB",
  ])("%s fails where nothing was measured", (expression) => {
    const judged = judge(expression);
    expect(judged.passed).toBe(false);
    expect(judged).not.toHaveProperty("actual");
  });

  it("fails a share of nothing", () => {
    const messages = { ...fine.messages, planned: 0, answered: 0 };
    const sockets = { ...fine.sockets, attempted: 0, opened: 0 };
    for (const expression of ["lost<1%", "errors<1%", "connected<=100%"]) {
      expect(judge(expression, benchResult({ messages, sockets })).passed).toBe(false);
    }
  });

  it("fails a rate where there was no window", () => {
    const throughput = { ...fine.throughput, windowMs: 0, messagesInPerSecond: 0 };
    expect(judge("rate<5", benchResult({ throughput })).passed).toBe(false);
  });
});
