import { describe, expect, it } from "vitest";
import type { BenchResult, BenchSettings } from "../../src/bench/result.ts";
import { viewOf } from "../../src/bench/view.ts";
import { facts, verdict } from "../../src/render/bench-page-words.ts";
import { benchResult, openModelResult, SETTINGS } from "../helpers/bench-result.ts";

function withSettings(given: Partial<BenchSettings>): BenchResult {
  return benchResult({ settings: { ...SETTINGS, ...given } });
}

const COMMON = "1,000 sockets · 2 workers · 20 B text · 5.0 s measured";

describe("the facts of a run", () => {
  it.each([
    [benchResult(), `echo · closed model, 16 in flight · ${COMMON}`],
    [openModelResult(), `echo · open model, 4,000 msg/s · ${COMMON}`],
    [
      withSettings({ measure: "ping", load: { model: "closed", inFlight: 1, thinkMs: 10 } }),
      `ping · closed model, 1 in flight, 10.0 ms think time · ${COMMON}`,
    ],
    [
      withSettings({
        load: { model: "open", ratePerSecond: 5, per: "socket", arrival: "poisson" },
        shard: { indexes: [2], count: 3 },
      }),
      `echo · open model, 5 msg/s per socket, poisson · ${COMMON} · shard 2 of 3`,
    ],
    [
      withSettings({ measure: "hold", message: "" }),
      "idle sockets · 1,000 sockets · 2 workers · 5.0 s measured",
    ],
    [
      withSettings({ measure: "push", message: "nothing" }),
      "push · 1,000 sockets · 2 workers · 5.0 s measured",
    ],
  ])("are told in a line: %#", (result, line) => expect(facts(result).join(" · ")).toBe(line));
});

describe("the verdict", () => {
  const { client, messages, sockets } = benchResult();
  const met = { expression: "p99<9ms", passed: true, actual: 1, bound: 9, unit: "ms" } as const;

  it.each([
    [benchResult(), "good", "All 20,000 messages were answered; no socket failed."],
    [
      benchResult({ assertions: [met] }),
      "good",
      "All 20,000 messages were answered; no socket failed. 1 objective met.",
    ],
    [
      benchResult({ assertions: [met, { ...met, passed: false }] }),
      "bad",
      "1 of 2 objectives missed.",
    ],
    [
      benchResult({ client: { ...client, limits: ["busy"] } }),
      "warn",
      "All 20,000 messages were answered; no socket failed.",
    ],
    [
      benchResult({ messages: { ...messages, planned: 1, sent: 1, answered: 1 } }),
      "good",
      "The 1 message was answered; no socket failed.",
    ],
    [
      withSettings({ measure: "connect" }),
      "good",
      "All 20,000 handshakes succeeded; no socket failed.",
    ],
    [
      benchResult({ messages: { ...messages, planned: 0, sent: 0, answered: 0 } }),
      "good",
      "All 1,000 sockets opened and stayed.",
    ],
    [
      benchResult({ messages: { ...messages, lost: 1 }, sockets: { ...sockets, broken: 2 } }),
      "bad",
      "1 message and 2 sockets failed.",
    ],
    [benchResult({ messages: { ...messages, inFlight: 2 } }), "bad", "2 messages failed."],
    [
      benchResult({ ending: "interrupted" }),
      "warn",
      "Interrupted: these are the figures until then.",
    ],
    [
      benchResult({ discrepancies: ["1 is not 2"], ending: "stalled" }),
      "bad",
      "framecat itself failed; these figures cannot be relied on.",
    ],
  ])("tells the worst, or that all is well: %#", (result, tone, text) => {
    expect(verdict(viewOf(result))).toEqual({ tone, text });
  });
});
