import { describe, expect, it } from "vitest";
import type { AssertionResult, BenchResult } from "../../src/bench/result.ts";
import { judge } from "../../src/bench/verdict.ts";
import { benchResult } from "../helpers/bench-result.ts";

const base = benchResult();
const refused = {
  kind: "refused",
  code: "unreachable",
  message: "x refused",
  hint: "Start it.",
} as const;
const closed = { kind: "closed", code: "closed", message: "the peer closed with 1001" } as const;

const judged = (given: Partial<BenchResult>) => judge(benchResult(given));
const messages = (given: Partial<BenchResult["messages"]>) => ({
  messages: { ...base.messages, ...given },
});
const none = { ...base.sockets, opened: 0, open: 0, failed: 1000 };

const assertion = (expression: string, passed: boolean): AssertionResult => ({
  expression,
  passed,
  bound: 1,
  unit: "ms",
});

it("passes where nothing failed, unexpected replies or not", () => {
  expect(judged(messages({ unexpected: 1, duplicated: 2 }))).toEqual({ exitCode: 0 });
});

describe("sockets", () => {
  it("that failed give the code of the most frequent failure", () => {
    const refusals = [{ ...refused, count: 3 }];
    expect(judged({ refusals, breaks: [{ ...closed, count: 2 }] })).toEqual({
      exitCode: 11,
      reason: {
        code: "unreachable",
        hint: "Start it.",
        message: "5 of 1000 sockets failed: x refused",
      },
    });
    expect(judged({ refusals, breaks: [{ ...closed, count: 4 }] })).toMatchObject({
      exitCode: 22,
      reason: { message: `7 of 1000 sockets failed: ${closed.message}` },
    });
  });

  it("of which none opened give the reason alone", () => {
    const { reason } = judged({ sockets: none, refusals: [{ ...refused, count: 1000 }] });
    expect(reason).toEqual({ code: "unreachable", hint: "Start it.", message: "x refused" });
  });
});

describe("messages", () => {
  it("that were in flight when a signal ended the run did not fail", () => {
    const inFlight = messages({ sent: 5, answered: 3, inFlight: 2 });
    expect(judged({ ...inFlight, ending: "interrupted" })).toEqual({ exitCode: 0 });
  });

  it("are to be answered", () => {
    expect(judged(messages({ sent: 5, answered: 3, inFlight: 2 }))).toMatchObject({
      exitCode: 30,
      reason: { code: "expectation", message: "2 of 5 messages were not answered within 5000 ms" },
    });
  });

  it("are not to be lost, as by --timeout; a handshake that is lost is a socket that failed", () => {
    const lost = messages({ sent: 5, answered: 3, lost: 2 });
    expect(judged(lost)).toMatchObject({
      exitCode: 30,
      reason: { code: "expectation", message: "2 of 5 messages were lost" },
    });
    const settings = { ...base.settings, measure: "connect" } as const;
    expect(judged({ ...lost, settings })).toEqual({ exitCode: 0 });
  });

  it("are to be answered with what was asked for", () => {
    expect(judged(messages({ sent: 5, answered: 4, wrong: 1 }))).toMatchObject({
      exitCode: 30,
      reason: { message: "1 of 5 replies were not what was asked for" },
    });
  });

  it("that others send are to be received", () => {
    const stream = { expected: 9, received: 7, missing: 2, duplicated: 0, reordered: 0 };
    expect(judged({ stream })).toMatchObject({
      exitCode: 30,
      reason: { message: "2 of 9 messages were not received" },
    });
    expect(judged({ stream: { ...stream, missing: 0 } })).toEqual({ exitCode: 0 });
  });
});

describe("assertions", () => {
  const [good, bad] = [assertion("p99<50ms", true), assertion("errors<1%", false)];

  it("decide alone, whatever else failed", () => {
    const breaks = [{ ...closed, count: 2 }];
    expect(judged({ assertions: [good], breaks, ...messages({ wrong: 3 }) })).toEqual({
      exitCode: 0,
    });
    expect(judged({ assertions: [good, bad], breaks })).toMatchObject({
      exitCode: 31,
      reason: {
        code: "threshold",
        message: expect.stringMatching(/^1 of 2 assertions failed: errors<1%/),
      },
    });
  });

  it("tell what is counted to the last one, and what is timed in four digits", () => {
    const sent = { ...bad, expression: "sent<1", actual: 285_807, unit: "count" } as const;
    const p99 = { ...bad, expression: "p99<1ms", actual: 12.34567 };
    expect(judged({ assertions: [sent] }).reason?.message).toBe(
      "1 of 1 assertion failed: sent<1 (it is 285807)",
    );
    expect(judged({ assertions: [p99] }).reason?.message).toContain("(it is 12.35 ms)");
  });

  it("come after the reason why nothing opened at all", () => {
    const refusals = [{ ...refused, count: 1000 }];
    const assertions = [good, bad];
    expect(judged({ assertions, refusals, sockets: none })).toMatchObject({
      exitCode: 11,
      reason: { message: "x refused" },
    });
    const one = { ...none, opened: 1 };
    expect(judged({ assertions, refusals, sockets: one }).exitCode).toBe(31);
  });
});

it("blames itself for dead workers and for sums that do not agree", () => {
  const assertions = [assertion("p99<50ms", false)];
  const client = { ...base.client, deaths: ["SIGKILL"] };
  expect(judged({ assertions, client })).toMatchObject({
    exitCode: 1,
    reason: { message: "1 of 2 workers died: SIGKILL" },
  });
  expect(judged({ assertions, discrepancies: ["1 is not 2"] })).toMatchObject({
    exitCode: 1,
    reason: { message: "the counts do not agree: 1 is not 2" },
  });
});

it("has the signal's code, whatever else there is", () => {
  const result = benchResult({ discrepancies: ["1 is not 2"] });
  expect([judge(result, "SIGINT"), judge(result, "SIGTERM")]).toEqual([
    { exitCode: 130 },
    { exitCode: 143 },
  ]);
});
