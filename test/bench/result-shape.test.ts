import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RESULT_SHAPE } from "../../src/bench/result-shape.ts";
import type { BenchResult } from "../../src/bench/result.ts";
import { FramecatError } from "../../src/errors.ts";
import { benchResult, openModelResult, sampleInterval, SETTINGS } from "../helpers/bench-result.ts";

/** Every field that a result may have. */
const full: BenchResult = openModelResult({
  settings: {
    ...openModelResult().settings,
    stages: [{ durationMs: 1000, connections: 5 }],
    shard: { indexes: [1], count: 3 },
  },
  stream: { expected: 5, received: 4, missing: 1, duplicated: 0, reordered: 0 },
  intervals: [sampleInterval(0, { failures: { reset: 3, tls: 1 } }), sampleInterval(1)],
  server: {
    pid: 7,
    endedAtMs: -5,
    cpuMs: 100,
    cores: 0.5,
    maxRssBytes: 1000,
    maxThreads: 4,
    maxOpenFiles: 9,
    cpuUsPerMessage: 1.5,
    rssBytesPerConnection: 2048.5,
    samples: [{ atMs: -1000, cores: 1, rssBytes: 5, threads: 3, openFiles: 7 }],
  },
  refusals: [{ kind: "tls", code: "tls", message: "expired", hint: "Try --ca.", count: 2 }],
  breaks: [{ kind: "reset", code: "abnormal", message: "gone", count: 2 }],
  assertions: [{ expression: "p99<5ms", passed: false, actual: 6, bound: 5, unit: "ms" }],
  discrepancies: ["1 sent, but 2 answered"],
});

function read(value: unknown): BenchResult {
  return RESULT_SHAPE(value, "run.json:");
}

/** The place of every field and item below a value, by names. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  const below = Object.entries(value).flatMap(([name, part]) => places(part, [...path, name]));
  return path.length === 0 ? below : [[...path], ...below];
}

/** A copy in which something else stands at a place. */
function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  const copy: unknown = structuredClone(value);
  const parts = copy as Record<string, unknown>;
  parts[name] = changed(parts[name], rest, to);
  return copy;
}

function refusal(value: unknown): string {
  try {
    read(value);
  } catch (thrown) {
    if (thrown instanceof FramecatError && thrown.code === "usage") return thrown.message;
    throw thrown;
  }
  return "read";
}

describe("the shape of a result", () => {
  it("reads every field of what was written", () => {
    for (const result of [full, benchResult(), openModelResult()]) {
      expect(read(JSON.parse(JSON.stringify(result)))).toEqual(result);
    }
  });

  it("has a place for every field, and names it where it holds something else", () => {
    const all = places(full);
    expect(all.length).toBeGreaterThan(200);
    for (const place of all) {
      const message = refusal(changed(full, place, Symbol("other")));
      const last = place.findLast((name) => !/^\d+$/.test(name));
      expect(message).toContain(`${last}`);
      expect(message).toMatch(/^run\.json: /);
      expect(message).toContain(" must be ");
    }
  });

  it.each([
    [["v"], "framecat.bench/2", 'run.json: v must be "framecat.bench/1", not "framecat.bench/2"'],
    [["startedAt"], "yesterday", "startedAt must be a time such as"],
    [["startedAt"], "2026-99-01T00:00:00Z", "startedAt must be a time such as"],
    [["settings", "measure"], "love", 'measure must be one of "echo", "ping"'],
    [["settings", "load", "model"], "half", 'model must be one of "closed", "open"'],
    [["messages", "sent"], -1, "messages.sent must be a whole number from 0 on, not -1"],
    [["throughput", "windowMs"], Number.NaN, "windowMs must be a number from 0 on"],
    [["intervals", "1", "startMs"], 0, "intervals[1].startMs must be after 0"],
    [["intervals", "1", "endMs"], 1000, "intervals[1].endMs must be after 1000"],
    [["breaks", "0", "code"], "constructor", 'breaks[0].code must be one of "usage"'],
    [
      ["histograms", "latency", "encoded"],
      "AAAA",
      "histograms.latency.encoded is no histogram: no compressed HdrHistogram V2",
    ],
    [
      ["intervals", "0", "latency", "count"],
      3999,
      "intervals[0].latency.count must be that of its histogram, 4000, and not 0",
    ],
  ])("refuses %j of %j", (place, value, words) => {
    expect(refusal(changed(full, place, value))).toContain(words);
  });

  it("refuses any other value with one line", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(refusal(value)).toMatch(/^run\.json: [^\n]*(?:must be|is missing)/);
      }),
    );
  });

  it("reads a result, or refuses it, with any value in any place", () => {
    const place = fc.constantFrom(...places(full));
    fc.assert(
      fc.property(place, fc.jsonValue(), (where, value) => {
        expect(refusal(changed(full, where, value))).not.toContain("\n");
      }),
    );
  });

  it("takes closed and open models, durations and numbers of messages", () => {
    const length = { kind: "messages", count: 5 } as const;
    expect(read(benchResult({ settings: { ...SETTINGS, length } })).settings.length).toEqual(
      length,
    );
  });
});
