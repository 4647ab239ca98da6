import { describe, expect, it } from "vitest";
import { DumpStatistics } from "../../src/capture/dump-statistics.ts";
import { dumpSummaryJson } from "../../src/render/dump-summary-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { captureEvents, harEvents, numbered, rawEvents } from "../helpers/dump-events.ts";
import { expectGolden } from "../helpers/golden.ts";
import { expectDocument } from "../helpers/schemas.ts";

function summary(events: readonly Event[]): string {
  const statistics = new DumpStatistics();
  for (const one of numbered(events)) statistics.push(one);
  return dumpSummaryJson(statistics.summary);
}

describe("a capture in numbers, as JSON", () => {
  it("keeps to its schema", () => {
    for (const events of [captureEvents(), harEvents(), rawEvents(), []]) {
      expectDocument("dump-summary", summary(events));
    }
    expectGolden("dump/summary.json", summary(captureEvents()));
  });

  it("of nothing has zeros, and no spreads", () => {
    expect(JSON.parse(summary([]))).toMatchObject({
      connections: { opened: 0, refused: 0, withoutHandshake: 0 },
      frames: [],
      messages: { out: { count: 0, bytes: 0 }, in: { count: 0, bytes: 0 } },
      sizes: {},
      cut: 0,
    });
  });

  it("has no more digits than microseconds have", () => {
    expect(summary(captureEvents())).not.toMatch(/"p\d\d":\d+\.\d{4}/);
  });
});
