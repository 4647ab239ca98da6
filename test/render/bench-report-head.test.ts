import { describe, expect, it } from "vitest";
import type { BenchSettings, Ending } from "../../src/bench/result.ts";
import { headSection } from "../../src/render/bench-report-head.ts";
import { createTheme } from "../../src/render/theme.ts";
import { SETTINGS } from "../helpers/bench-result.ts";
import { resultOf } from "../helpers/bench-reports.ts";

const options = { theme: createTheme(0), columns: 500 };

function head(given: Partial<BenchSettings>): string | undefined {
  return headSection(resultOf({ settings: { ...SETTINGS, ...given } }), options)[0];
}

describe("the head of a report", () => {
  const shape = "echo · closed model, 16 in flight · 1,000 sockets · 2 workers · 20 B text";
  it.each<[Partial<BenchSettings>, string]>([
    [{}, shape],
    [{ match: "seq" }, `${shape} · replies matched by seq`],
    [{ verify: true, deflate: true }, `${shape} · replies verified · permessage-deflate`],
    [{ shard: { indexes: [2], count: 4 } }, `${shape} · shard 2 of 4`],
    [{ measure: "push" }, "push · 1,000 sockets · 2 workers"],
    [{ measure: "hold" }, "hold · 1,000 sockets · 2 workers"],
    [
      { measure: "connect", churnPerSecond: 2.5 },
      "connect · closed model, 16 in flight · 1,000 sockets · 2.5 sockets replaced per second · 2 workers",
    ],
    [
      {
        measure: "hold",
        stages: [
          { durationMs: 30_000, connections: 1000 },
          { durationMs: 120_000, connections: 1000 },
          { durationMs: 500, connections: 0 },
        ],
      },
      "hold · 1,000 sockets · to 1,000 in 30 s, 1,000 for 2 min 00 s, to 0 in 500 ms · 2 workers",
    ],
  ])("of %j", (given, text) => {
    expect(head(given)).toBe(`bench        ws://127.0.0.1:9000/ · ${text}`);
  });

  it("says that the server was our own", () => {
    expect(headSection(resultOf({ embedded: true }), options)[0]).toContain(
      "embedded echo server · echo",
    );
  });

  it.each<[Ending, string[]]>([
    ["completed", []],
    ["interrupted", ["ended early  interrupted; these are the figures so far"]],
    ["stalled", ["ended early  no reply came any more"]],
    ["disconnected", ["ended early  no socket was left"]],
  ])("says how a run ended: %s", (ending, lines) => {
    expect(headSection(resultOf({ ending }), options).slice(1)).toEqual(lines);
  });

  it("says first of all that the client was the limit", () => {
    const client = { ...resultOf().client, limits: ["Too busy.", "Too late."] };
    expect(headSection(resultOf({ client }), options).slice(0, 3)).toEqual([
      "client was the limit: Too busy.",
      "             Too late.",
      "",
    ]);
  });
});
