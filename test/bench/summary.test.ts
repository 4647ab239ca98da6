import { describe, expect, it } from "vitest";
import { decodeHistogram } from "../../src/bench/recorder.ts";
import { type RunFacts, summarize } from "../../src/bench/summary.ts";
import { benchPlan, histogramOf, workerReport } from "../helpers/bench.ts";

const facts: RunFacts = {
  startedAt: "2026-01-01T00:00:00.000Z",
  url: "ws://127.0.0.1:1/",
  embedded: false,
  interrupted: undefined,
};

describe("a summary", () => {
  it("adds up what the workers report", () => {
    const plan = benchPlan({ workers: 2, connections: 4 });
    const report = (latencies: number[], connectMs: number) =>
      workerReport(
        {
          sockets: { attempted: 2, opened: 2, open: 2 },
          messages: { sent: latencies.length, answered: latencies.length },
          traffic: { messagesOut: 100, messagesIn: 50, bytesOut: 2600, bytesIn: 1100 },
          windowMs: 500,
          cpuMs: 200,
          waitedMs: 30,
          busy: 0.5,
        },
        latencies,
        { handshakes: histogramOf([3, 5]), connectMs },
      );
    const summary = summarize(plan, [report([1, 2], 7), report([3], 9)], facts);
    expect(summary).toMatchObject({
      v: "framecat.bench/1",
      startedAt: facts.startedAt,
      url: facts.url,
      embedded: false,
      load: plan.load,
      ending: "completed",
      sockets: { attempted: 4, opened: 4, failed: 0, unfinished: 0, open: 4, connectMs: 9 },
      handshakeMs: { count: 4 },
      messages: { sent: 3, answered: 3, lost: 0, inFlight: 0, unexpected: 0 },
      throughput: {
        windowMs: 500,
        messagesOutPerSecond: 400,
        messagesInPerSecond: 200,
        bytesOutPerSecond: 10_400,
        bytesInPerSecond: 4400,
      },
      latencyMs: { count: 3, p50: expect.closeTo(2, 2), max: expect.closeTo(3, 2) },
      client: { workers: 2, deaths: [], cpuMs: 400, waitedMs: 60, busy: 0.5, limited: false },
      discrepancies: [],
    });
    expect(decodeHistogram(summary.latencyHistogram).totalCount).toBe(3);
    expect(summary.bins.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it("says when the client had no time left", () => {
    const summary = summarize(benchPlan(), [workerReport({ busy: 0.97 })], facts);
    expect(summary.client.limited).toBe(true);
  });

  it("leaves away what was not measured", () => {
    const summary = summarize(benchPlan(), [workerReport()], facts);
    expect(summary).not.toHaveProperty("latencyMs");
    expect(summary).not.toHaveProperty("handshakeMs");
    expect(summary.throughput.messagesInPerSecond).toBe(0);
  });

  it.each([
    ["completed", ["completed", "disconnected"], undefined],
    ["completed", ["completed", "died"], undefined],
    ["disconnected", ["disconnected", "died"], undefined],
    ["stalled", ["completed", "stalled"], undefined],
    ["interrupted", ["stopped", "stopped"], "SIGINT"],
  ] as const)("is %s where the workers are %s", (ending, endings, interrupted) => {
    const reports = endings.map((how) => workerReport({}, [], { ending: how }));
    expect(summarize(benchPlan(), reports, { ...facts, interrupted }).ending).toBe(ending);
  });

  it("tells how workers died", () => {
    const reports = [workerReport(), workerReport({}, [], { ending: "died", death: "SIGKILL" })];
    expect(summarize(benchPlan(), reports, facts).client.deaths).toEqual(["SIGKILL"]);
  });
});

it("finds sums that do not agree", () => {
  const found = (given: Parameters<typeof workerReport>[0], latencies: number[] = []) =>
    summarize(benchPlan(), [workerReport(given, latencies)], facts).discrepancies;
  expect(found({ sockets: { attempted: 3, opened: 1, failed: 1 } })).toEqual([
    "3 sockets attempted, but 2 opened, failed and unfinished",
  ]);
  expect(found({ messages: { sent: 3, lost: 1, inFlight: 1 } })).toEqual([
    "3 messages sent, but 2 answered, lost and in flight",
  ]);
  expect(found({ messages: { sent: 1, answered: 1 } }, [1, 1])).toEqual([
    "1 messages answered, but 2 latencies",
  ]);
});
