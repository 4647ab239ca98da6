import { describe, expect, it } from "vitest";
import { attemptsOf, errorsOf, FIGURE_NAMES, figureNamed } from "../../src/bench/figures.ts";
import type { Measure } from "../../src/bench/result.ts";
import { benchResult, SETTINGS } from "../helpers/bench-result.ts";

const fine = benchResult();

/** Every figure has another value. */
function troubled(measure: Measure = "fanout") {
  return benchResult({
    settings: { ...SETTINGS, measure },
    sockets: {
      ...fine.sockets,
      attempted: 2000,
      opened: 1600,
      failed: 300,
      unfinished: 100,
      open: 1400,
      broken: 70,
      peak: 1500,
      connectMs: 400,
    },
    messages: {
      planned: 1000,
      unsent: 1,
      sent: 999,
      answered: 900,
      wrong: 20,
      lost: 30,
      inFlight: 49,
      duplicated: 2,
      reordered: 3,
      unexpected: 4,
    },
    stream: { expected: 5000, received: 4500, missing: 500, duplicated: 10, reordered: 20 },
    server: {
      pid: 1,
      cpuMs: 1,
      cores: 1,
      maxRssBytes: 12_345,
      maxThreads: 1,
      samples: [],
    },
  });
}

describe("a figure", () => {
  it.each([
    ["errors", 300 + 70 + 1 + 49 + 20 + 30 + 500, 6000],
    ["planned", 1000, undefined],
    ["sent", 999, 1000],
    ["answered", 900, 1000],
    ["wrong", 20, 1000],
    ["lost", 30, 1000],
    ["unanswered", 49, 1000],
    ["unsent", 1, 1000],
    ["missing", 500, 5000],
    ["duplicated", 12, undefined],
    ["reordered", 23, undefined],
    ["unexpected", 4, undefined],
    ["connected", 1600, 2000],
    ["refused", 300, 2000],
    ["broken", 70, 2000],
    ["open", 1400, undefined],
    ["peak", 1500, undefined],
    ["rate", 4000, undefined],
    ["handshakes", 4000, undefined],
    ["server.rss", 12_345, undefined],
  ])("%s is %i of %s", (name, value, whole) => {
    const figure = figureNamed(name);
    expect(figure?.value(troubled())).toBe(value);
    expect(figure?.whole?.(troubled())).toBe(whole);
  });

  it("is told for each name, and for no other", () => {
    expect(FIGURE_NAMES).toHaveLength(20);
    expect(figureNamed("toString")).toBeUndefined();
    expect(figureNamed("latency")).toBeUndefined();
  });

  it("is absent where it was not measured", () => {
    const nothing = benchResult({
      sockets: { ...fine.sockets, connectMs: 0 },
      throughput: { ...fine.throughput, windowMs: 0 },
    });
    const absent = FIGURE_NAMES.filter((name) => figureNamed(name)?.value(nothing) === undefined);
    expect(absent).toEqual(["missing", "rate", "handshakes", "server.rss"]);
  });
});

describe("errors", () => {
  it("are none where all went well", () => {
    expect(errorsOf(fine)).toBe(0);
    expect(attemptsOf(fine)).toBe(20_000);
  });

  it("count a failed handshake once", () => {
    const { stream: _, ...storm } = troubled("connect");
    expect(errorsOf(storm)).toBe(300 + 70 + 1 + 49);
  });

  it("are not what was in flight when a signal ended the run", () => {
    const messages = { ...fine.messages, inFlight: 7 };
    expect(errorsOf({ ...fine, messages })).toBe(7);
    expect(errorsOf({ ...fine, messages, ending: "interrupted" })).toBe(0);
  });

  it("are a share of the sockets where no message was planned", () => {
    const idle = benchResult({ messages: { ...fine.messages, planned: 0 } });
    expect(attemptsOf(idle)).toBe(1000);
  });

  it("know handshakes of a storm by its window", () => {
    expect(figureNamed("handshakes")?.value(troubled("connect"))).toBe(180);
  });
});
