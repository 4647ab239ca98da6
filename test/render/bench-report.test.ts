import { describe, expect, it } from "vitest";
import { binLatencies, summarizeLatency } from "../../src/bench/distribution.ts";
import type { BenchSummary } from "../../src/bench/summary.ts";
import { benchReport } from "../../src/render/bench-report.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/render/width.ts";
import { histogramOf } from "../helpers/bench.ts";
import { expectGolden } from "../helpers/golden.ts";

/** Latencies around 0.4 ms with a long tail, always the same ones. */
const latencies = histogramOf(
  Array.from(
    { length: 20_000 },
    (_, i) => 0.25 + 0.4 * ((i * 7919) % 1000) ** 2 * 1e-6 + (i % 997 === 0 ? i / 500 : 0),
  ),
);

const summary: BenchSummary = {
  v: "framecat.bench/1",
  startedAt: "2026-01-01T00:00:00.000Z",
  url: "ws://127.0.0.1:9000/",
  embedded: false,
  load: { model: "closed", inFlight: 16 },
  message: { kind: "text", length: 20 },
  length: { kind: "duration", durationMs: 5000 },
  warmupMs: 1000,
  drainMs: 5000,
  ending: "completed",
  sockets: { attempted: 1000, opened: 1000, failed: 0, unfinished: 0, open: 1000, connectMs: 412 },
  handshakeMs: summarizeLatency(histogramOf([1.9, 1.9, 8.7]))!,
  messages: { sent: 20_000, answered: 20_000, lost: 0, inFlight: 0, unexpected: 0 },
  throughput: {
    windowMs: 5000,
    messagesOutPerSecond: 4000,
    messagesInPerSecond: 4000,
    bytesOutPerSecond: 4000 * 26,
    bytesInPerSecond: 4000 * 22,
  },
  latencyMs: summarizeLatency(latencies)!,
  bins: binLatencies(latencies),
  latencyHistogram: "",
  client: { workers: 2, deaths: [], cpuMs: 7100, waitedMs: 20, busy: 0.71, limited: false },
  refusals: [],
  breaks: [],
  discrepancies: [],
};

function report(given: Partial<BenchSummary> = {}, level: 0 | 1 = 0): string[] {
  return benchReport({ ...summary, ...given }, { theme: createTheme(level), columns: 80 });
}

/** The line with this label. */
function labelled(lines: readonly string[], label: string): string | undefined {
  return lines.find((line) => line.startsWith(label))?.slice(13);
}

describe("a report", () => {
  it("of a run in which all went well", () => {
    const lines = report();
    expectGolden("bench/report.txt", `${lines.join("\n")}\n`);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });

  it("of the same in color", () => {
    expectGolden("bench/report-color.txt", `${report({}, 1).join("\n")}\n`);
  });

  it("of one in which much went wrong", () => {
    const lines = report({
      embedded: true,
      load: { model: "closed", inFlight: 1 },
      message: { kind: "binary", length: 65_536 },
      ending: "disconnected",
      sockets: {
        attempted: 1000,
        opened: 900,
        failed: 60,
        unfinished: 40,
        open: 0,
        connectMs: 9e4,
      },
      messages: { sent: 1000, answered: 800, lost: 150, inFlight: 50, unexpected: 2 },
      client: {
        workers: 1,
        deaths: ["SIGKILL"],
        cpuMs: 1,
        waitedMs: 1,
        busy: 0.994,
        limited: true,
      },
      refusals: [
        { kind: "http-status", code: "refused", message: "x refused the handshake: HTTP 503", count: 58 },
        { kind: "connect-timeout", code: "connect-timeout", message: "x did not answer", count: 2 },
      ],
      breaks: [{ kind: "closed", code: "closed", message: "the peer closed with 1013", count: 900 }],
      discrepancies: ["5 sockets attempted, but 4 opened, failed and unfinished"],
    });
    expectGolden("bench/trouble.txt", `${lines.join("\n")}\n`);
  });

  it("of one that ended before anything was measured", () => {
    const { latencyMs: _, handshakeMs: __, ...nothing } = summary;
    const throughput = { ...summary.throughput, windowMs: 0 };
    const messages = { ...summary.messages, sent: 0, answered: 0 };
    const lines = benchReport(
      { ...nothing, ending: "interrupted", bins: [], throughput, messages },
      { theme: createTheme(0), columns: 80 },
    );
    expectGolden("bench/nothing.txt", `${lines.join("\n")}\n`);
  });
});

describe("its lines", () => {
  it("are as wide as the terminal, at most 80 columns", () => {
    const narrow = benchReport(summary, { theme: createTheme(0), columns: 60 });
    const bars = narrow.filter((line) => line.includes("█"));
    expect(Math.max(...bars.map(displayWidth))).toBe(60);
    const wide = benchReport(summary, { theme: createTheme(0), columns: 300 });
    expect(Math.max(...wide.map(displayWidth))).toBe(80);
  });

  it("show what a peer said as harmless text", () => {
    const message = 'the peer closed with 4000 "\u001b[2J\nbye"';
    const lines = report({ url: "ws://x/\u009b", breaks: [{ kind: "closed", code: "closed", message, count: 1 }] });
    expect(lines.join("")).not.toMatch(/[\u001b\u009b\n]/);
    expect(labelled(lines, "broke off")).toBe('1 × the peer closed with 4000 "\\x1b[2J\\nbye"');
  });

  it("say in which unit a rate is", () => {
    const throughput = { ...summary.throughput, bytesOutPerSecond: 2 * 2 ** 20 };
    expect(labelled(report({ throughput }), "throughput")).toBe(
      "4,000 msg/s · 2.0 MiB/s out · 86 KiB/s in · over 5.0 s",
    );
  });

  it.each([
    [1, "1 reply more than was due"],
    [3, "3 replies more than were due"],
  ])("count %i replies beyond what was asked", (unexpected, text) => {
    expect(report({ messages: { ...summary.messages, unexpected } })).toContain(
      `${" ".repeat(13)}${text}`,
    );
  });

  it("say why the client was the limit", () => {
    const client = { ...summary.client, busy: 0.99, limited: true };
    expect(labelled(report({ client }), "client")).toBe(
      "99 % busy – the client was the limit; more --workers may show more",
    );
    const starved = { ...client, waitedMs: 6200 };
    expect(labelled(report({ client: starved }), "client")).toBe(
      "99 % busy, 62 % waiting for a core – the client was the limit; leave it more",
    );
  });

  it("show no share as nothing that is there", () => {
    const bins = [
      { fromMs: 0.1, toMs: 0.2, count: 1e6 },
      { fromMs: 0.2, toMs: 0.5, count: 0 },
      { fromMs: 0.5, toMs: 1, count: 1 },
    ];
    expect(
      report({ bins })
        .slice(-3)
        .map((line) => line.slice(0, 17)),
    ).toEqual(["0.10 ms  100.0 % ", "0.20 ms      0 % ", "0.50 ms  <0.01 % "]);
  });
});
