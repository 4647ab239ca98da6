import { describe, expect, it } from "vitest";
import type { BenchSettings, LoadModel } from "../../src/bench/result.ts";
import { checkSameRun } from "../../src/bench/same-run.ts";
import { benchResult, SETTINGS } from "../helpers/bench-result.ts";

const OPEN: LoadModel = { model: "open", ratePerSecond: 100, per: "socket", arrival: "constant" };

function part(given: Partial<BenchSettings> = {}, url = "ws://a/") {
  return benchResult({ url, settings: { ...SETTINGS, ...given } });
}

function check(a: Partial<BenchSettings>, b: Partial<BenchSettings>): void {
  checkSameRun([part(a), part(b, "ws://b/")], ["a.json", "b.json"]);
}

describe("parts of one run", () => {
  it.each([
    [{ connections: 5 }, { connections: 6 }],
    [{ churnPerSecond: 5 }, { churnPerSecond: 6 }],
    [{ length: { kind: "messages", count: 5 } }, { length: { kind: "messages", count: 6 } }],
    [
      { stages: [{ durationMs: 5, connections: 1 }] },
      { stages: [{ durationMs: 5, connections: 2 }] },
    ],
    [{ load: { ...OPEN, per: "total" } }, { load: { ...OPEN, per: "total", ratePerSecond: 99 } }],
    [{ shard: { indexes: [0], count: 2 } }, { shard: { indexes: [1], count: 2 } }],
  ] as [Partial<BenchSettings>, Partial<BenchSettings>][])("%# differ in their share", (a, b) => {
    expect(() => check(a, b)).not.toThrow();
  });

  it.each([
    [{ measure: "ping" }, "its measure is ping, not echo"],
    [{ load: OPEN }, "its load model is open, not closed"],
    [{ load: { model: "closed", inFlight: 2, thinkMs: 0 } }, "its messages in flight is 2, not 16"],
    [{ load: { model: "closed", inFlight: 16, thinkMs: 5 } }, "its think time is 5 ms, not 0 ms"],
    [{ message: "x\n" }, 'its message is "x\\n", not "20 B text"'],
    [{ match: "seq" }, 'its matching of replies is "seq", not "order"'],
    [{ verify: true }, "its verifying of replies is on, not off"],
    [{ deflate: true }, "its compression is on, not off"],
    [{ length: { kind: "duration", durationMs: 1 } }, "its length is 1 ms, not 5000 ms"],
    [{ length: { kind: "messages", count: 1 } }, "its length is a number of messages"],
    [{ warmupMs: 1 }, "its warmup is 1 ms, not 1000 ms"],
    [{ drainMs: 1 }, "its drain is 1 ms, not 5000 ms"],
    [{ stages: [{ durationMs: 5, connections: 1 }] }, "its stages is 5 ms, not none"],
    [{ shard: { indexes: [0], count: 2 } }, "its number of parts is 2, not unknown"],
  ] as [Partial<BenchSettings>, string][])("%# agree in all else", (given, words) => {
    expect(() => check({}, given)).toThrow(
      `b.json is no part of the run that a.json is of: ${words}`,
    );
  });

  it.each([
    [{ load: OPEN }, { load: { ...OPEN, ratePerSecond: 99 } }, "its rate is 99/s a socket"],
    [{ load: OPEN }, { load: { ...OPEN, arrival: "poisson" } }, "its arrival is poisson"],
  ] as const)("%# agree in an open load", (a, b, words) => {
    expect(() => check(a, b)).toThrow(words);
  });

  it("are there once", () => {
    const shard = { indexes: [1], count: 3 };
    expect(() => check({ shard }, { shard })).toThrow("a.json and b.json are both part 1 of 3");
    expect(() => checkSameRun([part(), part()], [])).toThrow(
      "result 1 and result 2 are both the same result",
    );
  });

  it("are at least one", () => {
    expect(() => checkSameRun([], [])).toThrow("there are no results to merge");
    expect(checkSameRun([part()], [])).toHaveLength(1);
  });
});
