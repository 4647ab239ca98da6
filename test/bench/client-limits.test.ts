import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLimits, type RunFacts } from "../../src/bench/client-limits.ts";
import type { ClientResult } from "../../src/bench/result.ts";

type Client = Omit<ClientResult, "limits">;

const CALM: Client = {
  workers: 2,
  deaths: [],
  cpuMs: 4000,
  waitedMs: 100,
  busy: 0.4,
  loopUtilization: 0.4,
  loopDelayMs: { p99: 0.4, max: 5 },
  gc: { count: 100, totalMs: 50, maxMs: 1 },
  maxBufferedBytes: 0,
  rssBytes: 2 ** 27,
};
const FACTS: RunFacts = {
  windowMs: 10_000,
  connections: 1000,
  cores: 8,
  sentPerSecond: 50_000,
  unsent: 0,
};

function limits(client: Partial<Client> = {}, facts: Partial<RunFacts> = {}): string[] {
  return findLimits({ ...CALM, ...client }, { ...FACTS, ...facts });
}

describe("the client was not the limit", () => {
  const slow = { slipP99Ms: 900, slipMaxMs: 2000, plannedPerSecond: 90_000, unsent: 400_000 };
  it.each<[string, Partial<Client>, Partial<RunFacts>]>([
    ["when it was calm", {}, {}],
    ["when it was almost busy", { busy: 0.949 }, {}],
    ["when it waited for a core now and then", { waitedMs: 1999 }, {}],
    ["when it kept its schedule", { busy: 0.9 }, { slipP99Ms: 10, slipMaxMs: 400 }],
    ["when the server did not take what was planned", {}, slow],
    [
      "when the server did not, and the loop was late once",
      { loopDelayMs: { p99: 1, max: 60 } },
      slow,
    ],
    ["when its loop was a little late", { loopDelayMs: { p99: 50, max: 900 } }, {}],
    ["when it collected some garbage", { gc: { count: 9, totalMs: 1000, maxMs: 40 } }, {}],
    ["in a window of no length", { waitedMs: 5, gc: CALM.gc }, { windowMs: 0 }],
  ])("%s", (_, client, facts) => {
    expect(limits(client, facts)).toEqual([]);
  });
});

describe("the client was the limit", () => {
  it.each<[string, Partial<Client>, Partial<RunFacts>, string]>([
    [
      "as a worker died",
      { deaths: ["SIGKILL"] },
      {},
      "1 of 2 workers died (SIGKILL): the end of their part is missing; was there enough memory?",
    ],
    [
      "as workers died in one way and another",
      { workers: 4, deaths: ["SIGKILL", "exit 1", "SIGKILL"] },
      {},
      "3 of 4 workers died (SIGKILL, exit 1): the end of their part is missing; was there enough memory?",
    ],
    [
      "as others used the cores",
      { waitedMs: 4600, busy: 0.99 },
      {},
      "The workers waited for a core in 23 % of the time, as others use them too: run the client on another machine than the server.",
    ],
    [
      "as there were too many workers",
      { waitedMs: 4600 },
      { cores: 2 },
      "The workers waited for a core in 23 % of the time, 2 of them on 2 cores: use fewer --workers, or another machine.",
    ],
    [
      "as the only worker had to share the only core",
      { workers: 1, waitedMs: 4600 },
      { cores: 1 },
      "The workers waited for a core in 46 % of the time, as others use them too: run the client on another machine than the server.",
    ],
    [
      "as its workers were busy",
      { busy: 0.998 },
      {},
      "The busiest worker had work in 99 % of the time: use --workers 4.",
    ],
    [
      "as its workers were busy, and fell behind the plan",
      { busy: 1 },
      { plannedPerSecond: 60_000 },
      "The busiest worker had work in 100 % of the time and 50,000 of 60,000 messages/s were sent: use --workers 4.",
    ],
    [
      "as its workers were busy, and kept the plan",
      { busy: 0.95 },
      { plannedPerSecond: 50_010 },
      "The busiest worker had work in 95 % of the time: use --workers 4.",
    ],
    [
      "as all cores were busy",
      { busy: 0.97, workers: 8 },
      {},
      "The busiest worker had work in 97 % of the time: use more machines with --shard.",
    ],
    [
      "with more workers than half the cores",
      { busy: 0.97, workers: 6 },
      {},
      "The busiest worker had work in 97 % of the time: use --workers 8.",
    ],
    [
      "with a worker for each socket",
      { busy: 0.97 },
      { connections: 2 },
      "The busiest worker had work in 97 % of the time: use more --connections, which more --workers can share.",
    ],
    [
      "as it sent late while strained",
      { busy: 0.8 },
      { slipP99Ms: 12.4, slipMaxMs: 1312 },
      "Messages were sent up to 1,312 ms late (p99 12 ms): lower --rate, or use more machines with --shard.",
    ],
    [
      "as its machine stood still for a while",
      { loopDelayMs: { p99: 1, max: 500 } },
      { slipP99Ms: 300, slipMaxMs: 510 },
      "Messages were sent up to 510 ms late (p99 300 ms): lower --rate, or use more machines with --shard.",
    ],
    [
      "as it could not send all",
      { busy: 0.9 },
      { unsent: 12_345, slipP99Ms: 1 },
      "Messages were not sent at all (12,345): lower --rate, or use more machines with --shard.",
    ],
    [
      "as it sent late, and not all",
      { busy: 0.9 },
      { unsent: 3, slipP99Ms: 20, slipMaxMs: 30 },
      "Messages were sent up to 30 ms late (p99 20 ms) or not sent at all (3): lower --rate, or use more machines with --shard.",
    ],
    [
      "as its event loop was late",
      { loopDelayMs: { p99: 50.6, max: 1200 } },
      {},
      "The event loop came up to 1,200 ms late (p99 51 ms) to read replies: use --workers 4.",
    ],
    [
      "as it collected garbage",
      { gc: { count: 900, totalMs: 1400, maxMs: 31 } },
      {},
      "Garbage collection took 7 % of the time, up to 31 ms at once: use --workers 4, or smaller messages.",
    ],
  ])("%s", (_, client, facts, sentence) => {
    expect(limits(client, facts)).toEqual([sentence]);
  });

  it("for several reasons, the gravest first", () => {
    const worst: Partial<Client> = {
      deaths: ["exit 1"],
      waitedMs: 9000,
      busy: 1,
      loopDelayMs: { p99: 80, max: 90 },
      gc: { count: 900, totalMs: 2000, maxMs: 60 },
    };
    const found = limits(worst, { slipP99Ms: 80, slipMaxMs: 95, unsent: 7 });
    expect(found.map((sentence) => sentence.split(" ").slice(0, 4).join(" "))).toEqual([
      "1 of 2 workers",
      "The workers waited for",
      "Messages were sent up",
      "The event loop came",
      "Garbage collection took 10",
    ]);
  });
});

it("names no more workers than there are cores and sockets for", () => {
  const few = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(few, few, few, (workers, cores, connections) => {
      const [sentence] = limits({ busy: 1, workers }, { cores, connections });
      const named = /use --workers (\d+)/.exec(sentence!)?.[1];
      if (named === undefined) return workers >= Math.min(cores, connections);
      const more = Number(named);
      return more > workers && more <= cores && more <= connections;
    }),
  );
});
