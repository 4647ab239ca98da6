import { describe, expect, it } from "vitest";
import type { BenchResult, ClientResult, Measure, ServerResult } from "../../src/bench/result.ts";
import { costSection } from "../../src/render/bench-report-cost.ts";
import { createTheme } from "../../src/render/theme.ts";
import { openModelResult, SETTINGS } from "../helpers/bench-result.ts";
import { REPORTS, resultOf } from "../helpers/bench-reports.ts";

const base = resultOf();

function lines(result: BenchResult): string[] {
  return costSection(result, { theme: createTheme(0), columns: 200 });
}

function client(given: Partial<ClientResult>): BenchResult {
  return resultOf({ client: { ...base.client, ...given } });
}

it("says nothing where no window opened", () => {
  expect(lines(resultOf({ throughput: { ...base.throughput, windowMs: 0 } }))).toEqual([]);
});

it.each<[Measure, string]>([
  ["echo", "throughput   4,000 msg/s · 102 KiB/s out · 86 KiB/s in · over 5.0 s"],
  ["ping", "throughput   4,000 pings/s · 102 KiB/s out · 86 KiB/s in · over 5.0 s"],
  ["push", "throughput   4,000 msg/s · 102 KiB/s out · 86 KiB/s in · over 5.0 s"],
  [
    "fanout",
    "throughput   4,000 deliveries/s · 4,000 published/s · 102 KiB/s out · 86 KiB/s in · over 5.0 s",
  ],
  ["connect", "throughput   4,000 handshakes/s · over 5.0 s"],
  ["hold", "held         1,000 sockets · 102 KiB/s out · 86 KiB/s in · over 5.0 s"],
])("the figure of %s", (measure, line) => {
  expect(lines(resultOf({ settings: { ...SETTINGS, measure } }))[0]).toBe(line);
});

describe("the client", () => {
  it("was fast enough", () => {
    expect(lines(base)[1]).toBe("client       71 % busy – the figures are the server's");
  });

  it("says how late it was", () => {
    expect(lines(openModelResult())[1]).toBe(
      "client       71 % busy, sent at most 2.02 ms late – the figures are the server's",
    );
  });

  it("was the limit", () => {
    expect(lines(client({ busy: 0.99, limits: ["Too busy."] }))[1]).toBe(
      "client       99 % busy – the figures are not the server's alone",
    );
  });

  it.each<[Partial<ClientResult>, string[]]>([
    [{ gc: { count: 10, totalMs: 199, maxMs: 9 } }, []],
    [
      { gc: { count: 10, totalMs: 200, maxMs: 9 } },
      ["10 gc pauses, 200 ms in all, longest 9.00 ms"],
    ],
    [{ gc: { count: 1, totalMs: 10, maxMs: 10 } }, ["1 gc pause, 10.0 ms in all, longest 10.0 ms"]],
    [{ loopDelayMs: { p99: 4.9, max: 49 } }, []],
    [{ loopDelayMs: { p99: 5, max: 6 } }, ["event loop late: p99 5.00 ms, max 6.00 ms"]],
    [{ loopDelayMs: { p99: 1, max: 50 } }, ["event loop late: p99 1.00 ms, max 50.0 ms"]],
    [{ maxBufferedBytes: 2 ** 20 - 1 }, []],
    [{ maxBufferedBytes: 2 ** 20 }, ["up to 1.0 MiB unsent in its sockets"]],
  ])("%j", (given, notes) => {
    const all = lines(client(given));
    const after = all.findIndex((line) => line.startsWith("memory"));
    expect(all.slice(2, after).map((line) => line.trim())).toEqual(notes);
  });
});

describe("memory", () => {
  const { rssBytesPerConnection: _, ...shrunk } = base.client;
  it.each<[Measure, number, ClientResult, string[]]>([
    ["echo", 999, base.client, []],
    ["echo", 1000, base.client, ["memory       96 MiB in 2 workers · 3.5 KiB per socket"]],
    ["hold", 96, base.client, ["memory       96 MiB in 2 workers · 3.5 KiB per socket"]],
    ["hold", 0, shrunk, ["memory       96 MiB in 2 workers"]],
  ])("of %s with %i sockets", (measure, peak, own, expected) => {
    const settings = { ...SETTINGS, measure };
    const all = lines(resultOf({ settings, client: own, sockets: { ...base.sockets, peak } }));
    expect(all.filter((line) => line.startsWith("memory"))).toEqual(expected);
  });
});

describe("the server", () => {
  const whole = REPORTS.sampled.server!;
  const { maxOpenFiles: _, cpuUsPerMessage: __, rssBytesPerConnection: ___, ...rest } = whole;
  it.each<[ServerResult, string]>([
    [
      whole,
      "0.72 cores · 120 MiB · 11 threads · 1,034 files · 36 µs CPU per message · 13 KiB per connection",
    ],
    [
      { ...rest, cpuUsPerMessage: 0.42 },
      "0.72 cores · 120 MiB · 11 threads · 0.4 µs CPU per message",
    ],
    [{ ...rest, endedAtMs: 2500 }, "ended 2.5 s into the run · 0.72 cores · 120 MiB · 11 threads"],
    [{ ...rest, endedAtMs: -1 }, "ended before the load · 0.72 cores · 120 MiB · 11 threads"],
  ])("used %j", (server, text) => {
    expect(lines(resultOf({ server })).at(-1)).toBe(`server       ${text}`);
  });
});
