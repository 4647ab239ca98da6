import { describe, expect, it } from "vitest";
import { findDiscrepancies, type RunFacts, summarize, type Sums } from "../../src/bench/summary.ts";
import { decodeHistogram } from "../../src/bench/histogram.ts";
import { NO_MESSAGES, NO_SOCKETS } from "../../src/bench/worker-protocol.ts";
import {
  benchPlan,
  type CountOverrides,
  openModel,
  recordingsOf,
  workerReport,
} from "../helpers/bench.ts";
import { sampleInterval, SETTINGS } from "../helpers/bench-result.ts";

const facts: RunFacts = {
  startedAt: "2026-01-01T00:00:00.000Z",
  url: "ws://127.0.0.1:1/",
  embedded: false,
  interrupted: undefined,
  settings: SETTINGS,
  intervals: [sampleInterval(0)],
  server: undefined,
  cores: 8,
};

describe("a summary", () => {
  it("adds up what the workers report", () => {
    const plan = benchPlan({ workers: 2, connections: 4 });
    const report = (latencies: number[], connectMs: number) => {
      const { length } = latencies;
      return workerReport(
        {
          sockets: { attempted: 2, opened: 2, open: 2 },
          peak: 2,
          messages: { planned: length, sent: length, answered: length },
          traffic: { messagesOut: 100, messagesIn: 50, bytesOut: 2600, bytesIn: 1100 },
          self: { windowMs: 500, cpuMs: 200, waitedMs: 3, spareMs: 9, busy: 0.5, rssBytes: 1e6 },
          grownBytes: 6000,
        },
        [],
        { recordings: recordingsOf({ latency: latencies, handshake: [3, 5] }), connectMs },
      );
    };
    const summary = summarize(plan, [report([1, 2], 7), report([3], 9)], facts);
    expect(summary).toMatchObject({
      v: "framecat.bench/1",
      startedAt: facts.startedAt,
      url: facts.url,
      embedded: false,
      settings: SETTINGS,
      ending: "completed",
      sockets: { attempted: 4, opened: 4, open: 4, peak: 4, connectMs: 9 },
      messages: { planned: 3, sent: 3, answered: 3, lost: 0, inFlight: 0, unexpected: 0 },
      throughput: {
        windowMs: 500,
        messagesOutPerSecond: 400,
        messagesInPerSecond: 200,
        bytesOutPerSecond: 10_400,
        bytesInPerSecond: 4400,
      },
      histograms: {
        latency: { count: 3, p50: expect.closeTo(2, 2), max: expect.closeTo(3, 2) },
        handshake: { count: 4 },
      },
      intervals: facts.intervals,
      client: {
        workers: 2,
        deaths: [],
        cpuMs: 400,
        waitedMs: 6,
        busy: 0.5,
        rssBytes: 2e6,
        rssBytesPerConnection: 3000,
        limits: [],
      },
      assertions: [],
      discrepancies: [],
    });
    expect(decodeHistogram(summary.histograms.latency!.encoded).totalCount).toBe(3);
    expect(summary.client).not.toHaveProperty("spareMs");
  });

  it("leaves away what was not measured", () => {
    const summary = summarize(benchPlan(), [workerReport()], facts);
    expect(summary.histograms).toEqual({});
    expect(summary.throughput.messagesInPerSecond).toBe(0);
    expect(summary).not.toHaveProperty("stream");
    expect(summary).not.toHaveProperty("server");
    expect(summary.client).not.toHaveProperty("rssBytesPerConnection");
  });

  it.each([
    ["shrank", -1, 2],
    ["has no socket", 5000, 0],
  ])("knows no memory of each socket where it %s", (_, grownBytes, open) => {
    const report = workerReport({ grownBytes, sockets: { attempted: open, opened: open, open } });
    expect(summarize(benchPlan(), [report], facts).client).not.toHaveProperty(
      "rssBytesPerConnection",
    );
  });

  it("says when the client was the limit", () => {
    const report = workerReport({ self: { windowMs: 1000, busy: 0.99 } });
    expect(summarize(benchPlan(), [report], facts).client.limits).toHaveLength(1);
    const plan = benchPlan({ load: openModel(100) });
    const late = workerReport(
      { self: { windowMs: 1000, busy: 0.9 }, messages: { planned: 90, unsent: 90 } },
      [],
      { recordings: recordingsOf({ slip: [200, 300] }) },
    );
    expect(summarize(plan, [late], facts).client.limits.join()).toMatch(/late.*not sent at all/);
  });

  it.each([
    ["completed", ["completed", "disconnected"], undefined],
    ["completed", ["completed", "died"], undefined],
    ["completed", ["stopped"], undefined],
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

  it("has what was seen of the server", () => {
    const server = { pid: 1, cpuMs: 1, cores: 1, maxRssBytes: 1, maxThreads: 1, samples: [] };
    expect(summarize(benchPlan(), [workerReport()], { ...facts, server }).server).toBe(server);
  });
});

describe("deliveries", () => {
  const fanout = (received: number, ownDeliveries: number, opened = 4): CountOverrides => ({
    sockets: { attempted: opened, opened, open: opened },
    messages: { planned: 10, sent: 10, answered: 10 },
    unawaited: 10,
    stream: { expected: received, received, missing: 0, duplicated: 0, reordered: 0 },
    ownDeliveries,
  });
  const plan = benchPlan({ measure: "fanout" });

  it.each([
    ["all sockets, where publishers have their own", fanout(40, 10), 40, 0],
    ["the others, where they have not", fanout(30, 0), 30, 0],
    ["all, and some are missing", fanout(35, 10), 40, 5],
    ["nobody, where there is one socket", fanout(0, 0, 1), 0, 0],
    ["more than was thought", fanout(50, 10), 50, 0],
  ])("are expected by %s", (_, given, expected, missing) => {
    const latencies = Array.from({ length: given.stream!.received }, () => 1);
    const { stream, discrepancies } = summarize(plan, [workerReport(given, latencies)], facts);
    expect(stream).toMatchObject({ expected, missing });
    expect(discrepancies).toEqual([]);
  });

  it("of numbered messages are expected by their numbers", () => {
    const stream = { expected: 5, received: 4, missing: 1, duplicated: 0, reordered: 0 };
    const report = workerReport({ stream });
    expect(summarize(benchPlan({ measure: "push" }), [report], facts).stream).toEqual(stream);
  });
});

describe("sums that do not agree", () => {
  const sound: Sums = {
    measure: "echo",
    sockets: {
      ...NO_SOCKETS,
      attempted: 9,
      opened: 6,
      failed: 2,
      unfinished: 1,
      open: 3,
      closed: 2,
      broken: 1,
    },
    messages: {
      ...NO_MESSAGES,
      planned: 9,
      unsent: 1,
      sent: 8,
      answered: 4,
      wrong: 1,
      lost: 1,
      inFlight: 2,
    },
    latencies: 3,
    unawaited: 1,
  };
  const stream = { expected: 3, received: 2, missing: 1, duplicated: 1, reordered: 1 };
  const { sockets, messages } = sound;

  it("are none where all do", () => {
    expect(findDiscrepancies(sound)).toEqual([]);
    expect(findDiscrepancies({ ...sound, stream })).toEqual([]);
    expect(findDiscrepancies({ ...sound, measure: "fanout", stream, latencies: 2 })).toEqual([]);
  });

  it.each<[string, Partial<Sums>]>([
    [
      "8 sockets attempted, but 9 opened, failed, unfinished",
      { sockets: { ...sockets, attempted: 8 } },
    ],
    ["6 sockets opened, but 7 open, closed, broken", { sockets: { ...sockets, broken: 2 } }],
    ["9 messages planned, but 8 sent, unsent", { messages: { ...messages, unsent: 0 } }],
    [
      "8 messages sent, but 9 answered, wrong, lost, in flight",
      { messages: { ...messages, lost: 2 } },
    ],
    ["3 messages answered, but 4 latencies", { latencies: 4 }],
    ["4 messages answered, but 3 latencies", { unawaited: 0 }],
    ["3 deliveries expected, but 4 received, missing", { stream: { ...stream, missing: 2 } }],
    ["2 deliveries, but 3 latencies", { measure: "fanout", stream }],
  ])("are found: %s", (found, given) => {
    expect(findDiscrepancies({ ...sound, ...given })).toEqual([found]);
  });

  it("are told in the result", () => {
    const report = workerReport({ messages: { planned: 1 } });
    expect(summarize(benchPlan(), [report], facts).discrepancies).toEqual([
      "1 messages planned, but 0 sent, unsent",
    ]);
  });
});
