import { describe, expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { viewOf } from "../../src/bench/view.ts";
import { benchSections } from "../../src/render/bench-sections.ts";
import { benchResult, SETTINGS } from "../helpers/bench-result.ts";
import { richResult } from "../helpers/rich-result.ts";

function sectionsOf(result: BenchResult): Map<string, string> {
  return new Map(
    benchSections(viewOf(result)).map(({ title = "", body }) => [
      title,
      textOf(body?.markup ?? ""),
    ]),
  );
}

/** The text of markup, as a reader sees it; the ends of rows are kept. */
function textOf(markup: string): string {
  return markup
    .replaceAll(/<\/tr>|<\/dd>\n<dt>|<\/div>\n<div>/g, "\n")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(/ ?\n[\n ]*/g, "\n")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .trim();
}

describe("the sections of a page", () => {
  it("are those that there is something to tell in", () => {
    const few = ["", "What became of it", "Latency", "Over time", "Client and server"];
    expect([...sectionsOf(benchResult()).keys()]).toEqual(few);
    expect([...sectionsOf(richResult()).keys()]).toEqual([
      "",
      "Objectives",
      ...few.slice(1, 4),
      "Failures",
      "Client and server",
    ]);
    const nothing = benchResult({ histograms: {}, intervals: [] });
    expect([...sectionsOf(nothing).keys()]).toEqual(["", "What became of it", "Client and server"]);
  });

  it("begin with the key figures", () => {
    const text = sectionsOf(richResult()).get("")?.replaceAll("\n", " ");
    expect(text).toMatch(/^throughput 4,000 msg\/s → 102 KiB\/s ← 86 KiB\/s p50 0\.35 ms mean/);
    expect(text).toContain("errors 533 488 messages, 45 sockets sockets 1,000 of 1,012");
  });

  it("say whose they are where only handshakes were timed", () => {
    const { latency: _, ...histograms } = benchResult().histograms;
    expect(sectionsOf(benchResult({ histograms })).get("")).toContain("handshake p50\n");
  });

  it("count handshakes where those are measured", () => {
    const storm = benchResult({ settings: { ...SETTINGS, measure: "connect" } });
    expect(sectionsOf(storm).get("")).toMatch(/^throughput\n4,000 handshakes\/s/);
    expect(sectionsOf(storm).get("")).not.toMatch(/connected in|KiB/);
  });

  it("tell the sums as equations, and what is counted beside them", () => {
    expect(sectionsOf(richResult()).get("What became of it")?.split("\n")).toEqual([
      "messages",
      "232,000 planned = 231,700 sent + 300 unsent",
      "sent",
      "231,700 sent = 231,512 answered + 0 wrong + 184 lost + 4 in flight",
      "sockets",
      "1,012 attempted = 1,000 opened + 12 failed + 0 unfinished",
      "opened",
      "1,000 opened = 967 open at the end + 0 closed by us + 33 broken",
      "beside that",
      "2 duplicated",
    ]);
  });

  it("tell a stream's sum", () => {
    const stream = { expected: 9, received: 6, missing: 3, duplicated: 0, reordered: 0 };
    const text = sectionsOf(benchResult({ stream })).get("What became of it");
    expect(text).toContain("9 expected = 6 received + 3 missing");
  });

  it("have a row for each histogram", () => {
    const rows = sectionsOf(richResult()).get("Latency")?.split("\n") ?? [];
    expect(rows[0]).toBe("min p50 p90 p99 p99.9 p99.99 max mean stddev");
    expect(rows.slice(1).map((row) => row.trim().split(" ")[0])).toEqual([
      "corrected",
      "service",
      "slip",
      "handshake",
      "dns",
      "tcp",
      "tls",
      "upgrade",
    ]);
    expect(sectionsOf(benchResult()).get("Latency")).toMatch(/^latency 0\.25 ms/m);
  });

  it("tell of each objective what was measured", () => {
    const unmeasured = { expression: "gap<1ms", passed: false, bound: 1, unit: "ms" } as const;
    const rate = {
      expression: "rate>10",
      passed: true,
      actual: 4000,
      bound: 10,
      unit: "per-second",
    } as const;
    const bytes = {
      expression: "rss<1KiB",
      passed: false,
      actual: 2048,
      bound: 0,
      unit: "bytes",
    } as const;
    const assertions = [...richResult().assertions, unmeasured, rate, bytes];
    expect(sectionsOf(richResult({ assertions })).get("Objectives")?.split("\n").slice(1)).toEqual([
      "p99<50ms met 12.4 ms 24.8 %",
      "errors<0.1% missed 0.21 % 210.0 %",
      "connected==1012 missed 1,000 98.8 %",
      "gap<1ms missed nothing measured",
      "rate>10 met 4,000/s 40,000 %",
      "rss<1KiB missed 2.0 KiB",
    ]);
  });

  it("tell of each failure how often, why, and what to try", () => {
    const text = sectionsOf(richResult()).get("Failures");
    expect(text).toContain(
      "refused 12 127.0.0.1:9000 refused the connection Did not open. Is the server running?",
    );
    expect(text).toContain("reset 24 the peer reset the connection Broke off.");
  });

  it("tell what client and server used", () => {
    const result = richResult();
    const server = { ...result.server!, endedAtMs: 31_000 };
    const text = sectionsOf({ ...result, server }).get("Client and server");
    expect(text).toMatch(/client\n.*0\.12 cores · 96 MiB · busiest worker 71 % busy/);
    expect(text).toContain("177.0 µs of CPU a message · 9.6 KiB a connection · 11 threads");
    expect(text).toMatch(/process 4711 · ended after 31 s$/);
  });
});
