import { describe, expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { verdictSection } from "../../src/render/bench-report-verdict.ts";
import { createTheme } from "../../src/render/theme.ts";
import { REPORTS, resultOf } from "../helpers/bench-reports.ts";

const base = resultOf();
const { messages, sockets, throughput, client } = base;

function verdict(result: BenchResult, level: 0 | 1 = 0): string | undefined {
  return verdictSection(result, { theme: createTheme(level), columns: 500 })[1];
}

const times = "p50 0.35 ms, p99 0.64 ms";

describe("the verdict", () => {
  it.each<[string, BenchResult, string]>([
    ["echo", REPORTS.echo, `20,000 messages answered at 4,000/s, ${times}`],
    ["handshakes", REPORTS.connect, "20,000 handshakes done at 1,000/s, p50 3.15 ms, p99 5.78 ms"],
    ["a fan-out", REPORTS.fanout, `79,200 deliveries made at 3,960/s, ${times}`],
    [
      "limited",
      REPORTS.limited,
      `20,000 messages answered at 4,000/s, ${times}; the client was the limit, so the server may do better`,
    ],
    [
      "pings",
      resultOf({ settings: { ...base.settings, measure: "ping" } }),
      `20,000 pings answered at 4,000/s, ${times}`,
    ],
    [
      "pushed messages",
      resultOf({
        ...REPORTS.push,
        stream: { ...REPORTS.push.stream!, missing: 0, reordered: 0 },
      }),
      "79,990 messages received at 4,000/s, gaps p50 315 ms, p99 578 ms",
    ],
    [
      "held sockets",
      resultOf({ settings: { ...base.settings, measure: "hold" } }),
      `1,000 sockets stayed open for 5.0 s, ${times}`,
    ],
    [
      "interrupted",
      resultOf({ ending: "interrupted", messages: { ...messages, inFlight: 5 } }),
      `20,000 messages answered at 4,000/s, ${times}, until it was interrupted`,
    ],
    [
      "interrupted early",
      resultOf({ ending: "interrupted", throughput: { ...throughput, windowMs: 0 } }),
      "interrupted before anything was measured",
    ],
    [
      "of nothing",
      resultOf({ throughput: { ...throughput, windowMs: 0 } }),
      "nothing was measured",
    ],
  ])("of a good run: %s", (_, result, text) => {
    expect(verdict(result)).toBe(`verdict      ${text}`);
  });

  it.each<[Partial<BenchResult>, string]>([
    [{ client: { ...client, deaths: ["SIGKILL"] } }, "1 of 2 workers died"],
    [{ discrepancies: ["1 is not 2"] }, "the counts do not agree"],
    [
      { assertions: [{ expression: "a", passed: false, bound: 1, unit: "ms" }] },
      "1 of 1 assertion failed",
    ],
    [{ server: { ...REPORTS.sampled.server!, endedAtMs: 5 } }, "the server ended"],
    [{ sockets: { ...sockets, failed: 2 } }, "2 of 1,000 sockets did not open"],
    [{ sockets: { ...sockets, broken: 2 } }, "2 of 1,000 open sockets broke off"],
    [{ messages: { ...messages, unsent: 1 } }, "1 of the planned messages was never sent"],
    [{ messages: { ...messages, wrong: 2 } }, "2 were answered wrongly"],
    [{ messages: { ...messages, lost: 2 } }, "2 were lost"],
    [{ messages: { ...messages, inFlight: 2 } }, "2 were never answered"],
    [{ messages: { ...messages, duplicated: 2 } }, "2 were duplicated"],
    [{ messages: { ...messages, reordered: 2 } }, "2 were out of order"],
    [{ messages: { ...messages, unexpected: 2 } }, "2 were unexpected"],
    [
      { stream: REPORTS.push.stream! },
      "10 of 80,000 expected were missing and 3 were out of order",
    ],
    [{ ending: "stalled" }, "the run ended early"],
    [{ ending: "disconnected" }, "the run ended early"],
    [
      { messages: { ...messages, wrong: 1, lost: 2, duplicated: 3, reordered: 4 } },
      "1 was answered wrongly, 2 were lost, 3 were duplicated and 4 were out of order",
    ],
    [
      { messages: { ...messages, wrong: 1, lost: 2, duplicated: 3, reordered: 4, unexpected: 5 } },
      "1 was answered wrongly, 2 were lost, 3 were duplicated and 2 more troubles",
    ],
  ])("of a bad run: %j", (given, text) => {
    expect(verdict(resultOf(given))).toBe(`verdict      not all went well: ${text}`);
  });

  it("has the color of how it went", () => {
    const { good, warn, bad } = createTheme(1);
    expect(verdict(base, 1)).toContain(good(`20,000 messages answered at 4,000/s, ${times}`));
    expect(verdict(REPORTS.limited, 1)).toContain(
      warn(
        `20,000 messages answered at 4,000/s, ${times}; the client was the limit, so the server may do better`,
      ),
    );
    expect(verdict(resultOf({ ending: "stalled" }), 1)).toContain(
      bad("not all went well: the run ended early"),
    );
  });
});
