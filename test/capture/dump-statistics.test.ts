import { describe, expect, it } from "vitest";
import { DumpStatistics } from "../../src/capture/dump-statistics.ts";
import { violation } from "../../src/protocol/rules.ts";
import type { Event } from "../../src/transport/events.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";
import { closeAt, messageAt, momentAt } from "../helpers/connect-events.ts";
import { captureEvents, framesAt, harEvents, numbered, rawEvents } from "../helpers/dump-events.ts";

function summary(events: readonly Event[]) {
  const statistics = new DumpStatistics();
  for (const one of numbered(events)) statistics.push(one);
  return statistics.summary;
}

describe("a capture in numbers", () => {
  it("counts connections, frames and messages by direction", () => {
    const { opcodes, ...rest } = summary(captureEvents());
    expect(rest).toMatchObject({
      framed: true,
      startUs: momentAt(1.2).epochUs,
      durationMs: 2068.8,
      connections: { opened: 2, refused: 1, begun: 0 },
      messages: { out: { count: 3, bytes: 97 }, in: { count: 5, bytes: 289 } },
      deflated: { in: { messages: 1, inflated: 192 }, out: { messages: 0 } },
      closeCodes: [
        [1000, 1],
        [1006, 1],
      ],
      violations: [
        ["rsv-not-negotiated", 1],
        ["opcode-reserved", 1],
        ["continuation-without-start", 1],
      ],
      cut: 1,
    });
    expect(opcodes.map(([opcode, { out, in: back }]) => [opcode, out.count, back.count])).toEqual([
      [0, 2, 1],
      [1, 2, 4],
      [2, 1, 1],
      [3, 0, 1],
      [8, 1, 1],
      [9, 1, 0],
      [10, 0, 1],
    ]);
  });

  it("counts streams of HTTP/2 as opened or refused", () => {
    const refused = http2Handshake(403, { conn: "1.5" });
    expect(summary([http2Handshake(), refused]).connections).toEqual({
      opened: 1,
      refused: 1,
      begun: 0,
    });
  });

  it("tells how sizes, gaps and round trips are spread", () => {
    const { sizes, gapsMs, roundTripsMs } = summary(captureEvents());
    expect(sizes.out).toMatchObject({ count: 3, min: 5, max: 52 });
    expect(gapsMs.in).toMatchObject({ count: 3, min: 0.75, max: 35 });
    expect(gapsMs.out).toMatchObject({ count: 1, max: 42 });
    expect([roundTripsMs.out?.max, roundTripsMs.in]).toEqual([0.4, undefined]);
  });

  it("sorts messages into classes of sizes", () => {
    const sizes = [0, 1, 15, 16, 255, 256, 4095, 4096];
    const { sizeClasses } = summary(sizes.map((size) => messageAt(0, "in", "x".repeat(size))));
    expect(sizeClasses).toEqual([
      { from: 0, count: 1 },
      { from: 1, count: 2 },
      { from: 16, count: 2 },
      { from: 256, count: 2 },
      { from: 4096, count: 1 },
    ]);
  });

  it("of messages alone, and of frames without time", () => {
    expect(summary(harEvents())).toMatchObject({ framed: false, connections: { opened: 1 } });
    const raw = summary(rawEvents());
    expect([raw.startUs, raw.durationMs, raw.gapsMs.in]).toEqual([undefined, 0, undefined]);
    expect(raw.connections).toEqual({ opened: 0, refused: 0, begun: 1 });
    expect(summary([])).toMatchObject({ startUs: undefined, durationMs: 0, opcodes: [] });
  });

  it("counts what is not whole once", () => {
    const long = { ...messageAt(0, "out", "hel"), omitted: 1000 };
    expect(summary([long])).toMatchObject({ cut: 1, messages: { out: { count: 1, bytes: 1003 } } });
  });

  it("counts rules that a connection breaks as a whole, and the most frequent codes first", () => {
    const finding: Event = {
      type: "finding",
      conn: "1",
      at: momentAt(1),
      part: "end",
      violation: violation("client-closed-tcp-first"),
    };
    const { violations, closeCodes } = summary([
      finding,
      finding,
      closeAt(1, 1001),
      ...framesAt("2", [{ ms: 2, opcode: 1 }]),
      closeAt(3, 1000),
      closeAt(4, 1000),
    ]);
    expect(violations).toEqual([["client-closed-tcp-first", 2]]);
    expect(closeCodes).toEqual([
      [1000, 2],
      [1001, 1],
    ]);
  });
});
