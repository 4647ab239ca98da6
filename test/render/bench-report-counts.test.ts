import { describe, expect, it } from "vitest";
import type {
  BenchResult,
  MessageCounts,
  SocketResult,
  StreamCounts,
} from "../../src/bench/result.ts";
import { countSection } from "../../src/render/bench-report-counts.ts";
import { createTheme } from "../../src/render/theme.ts";
import { openModelResult, SETTINGS } from "../helpers/bench-result.ts";
import { resultOf } from "../helpers/bench-reports.ts";

const base = resultOf();

function lines(result: BenchResult, level: 0 | 1 = 0): string[] {
  return countSection(result, { theme: createTheme(level), columns: 200 });
}

/** The lines that begin with this label, and those below it without any. */
function labelled(result: BenchResult, label: string): string[] {
  const all = lines(result);
  const first = all.findIndex((line) => line.startsWith(label));
  if (first < 0) return [];
  const next = all.findIndex((line, i) => i > first && !line.startsWith(" "));
  return all.slice(first, next < 0 ? undefined : next).map((line) => line.slice(13));
}

describe("sockets", () => {
  const handshake = "handshake p50 1.90 ms, p99 8.71 ms";
  it.each<[Partial<SocketResult>, string, string[]]>([
    [{}, `1,000 of 1,000 in 412 ms · ${handshake}`, []],
    [
      { opened: 900, open: 900, failed: 60, unfinished: 40 },
      `900 of 1,000 in 412 ms · 60 failed · 40 not tried to the end · ${handshake}`,
      [],
    ],
    [
      { open: 985, broken: 15 },
      `1,000 of 1,000 in 412 ms · ${handshake}`,
      ["1,000 opened = 985 open at the end + 15 broke off (1.50 %)"],
    ],
    [
      { open: 500, closed: 500, peak: 510 },
      `1,000 of 1,000 in 412 ms · ${handshake}`,
      [
        "1,000 opened = 500 open at the end + 500 closed by us + 0 broke off · at most 510 at a time",
      ],
    ],
  ])("%j", (given, connected, sockets) => {
    const result = resultOf({ sockets: { ...base.sockets, ...given } });
    expect(labelled(result, "connected")).toEqual([connected]);
    expect(labelled(result, "sockets")).toEqual(sockets);
  });

  it("tell of drops where none are wanted, also if there are none", () => {
    const result = resultOf({ settings: { ...SETTINGS, measure: "hold" } });
    expect(labelled(result, "sockets")).toEqual([
      "1,000 opened = 1,000 open at the end + 0 broke off",
    ]);
  });

  it("leave the handshakes to their table where they are what is measured", () => {
    const result = resultOf({ settings: { ...SETTINGS, measure: "connect" } });
    expect(labelled(result, "connected")).toEqual(["1,000 of 1,000"]);
  });
});

describe("messages", () => {
  it.each<[Partial<MessageCounts>, string[]]>([
    [{}, ["20,000 sent = 20,000 answered + 0 lost + 0 in flight"]],
    [
      { answered: 19_000, wrong: 200, lost: 300, inFlight: 500 },
      ["20,000 sent = 19,000 answered + 200 answered wrongly + 300 lost + 500 in flight"],
    ],
    [
      { planned: 20_100, unsent: 100 },
      [
        "20,100 planned = 20,000 sent + 100 never sent",
        "20,000 sent = 20,000 answered + 0 lost + 0 in flight",
      ],
    ],
    [
      { duplicated: 1, reordered: 2, unexpected: 3 },
      [
        "20,000 sent = 20,000 answered + 0 lost + 0 in flight",
        "1 duplicated · 2 out of order · 3 unexpected",
      ],
    ],
    [{ planned: 0, sent: 0, answered: 0 }, []],
  ])("%j", (given, sums) => {
    const result = resultOf({ messages: { ...base.messages, ...given } });
    expect(labelled(result, "messages")).toEqual(sums);
  });

  it("were planned where the model is open", () => {
    expect(labelled(openModelResult(), "messages")).toEqual([
      "20,000 planned = 20,000 answered + 0 lost + 0 in flight",
    ]);
  });

  it("are red where they did not do what they should", () => {
    const { bad } = createTheme(1);
    const messages = { ...base.messages, lost: 2, inFlight: 0, unexpected: 1 };
    const text = lines(resultOf({ messages }), 1).join("\n");
    expect(text).toContain(bad("2 lost"));
    expect(text).toContain(bad("1 unexpected"));
    expect(text).toContain(" + 0 in flight");
  });
});

it.each<[Partial<StreamCounts>, string]>([
  [{}, "100 expected = 100 received + 0 missing"],
  [
    { received: 90, missing: 10, duplicated: 2, reordered: 1 },
    "100 expected = 90 received + 10 missing · 2 duplicated · 1 out of order",
  ],
])("a stream %j", (given, text) => {
  const stream = {
    expected: 100,
    received: 100,
    missing: 0,
    duplicated: 0,
    reordered: 0,
    ...given,
  };
  expect(labelled(resultOf({ stream }), "received")).toEqual([text]);
});
