import { describe, expect, it } from "vitest";
import { DumpConnections } from "../../src/render/dump-connections.ts";
import { DumpMargin } from "../../src/render/dump-margin.ts";
import { styleSpans } from "../../src/render/span.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { TimestampStyle } from "../../src/render/timestamps.ts";
import type { Event, FrameEvent } from "../../src/transport/events.ts";
import { handshakeAt } from "../helpers/connect-events.ts";
import { framesAt } from "../helpers/dump-events.ts";
import { frameEvent } from "../helpers/frame-events.ts";
import { writtenBy } from "../helpers/text-bytes.ts";

function setUp(timestamps?: TimestampStyle) {
  const connections = new DumpConnections();
  const look = { theme: createTheme(0), ...(timestamps && { timestamps }) };
  const margin = new DumpMargin(look, connections);
  return {
    connections,
    margin,
    row: (event: FrameEvent, number: number) => {
      const elapsed = margin.pass(event);
      const spans = margin.row(event, connections.of(event.conn), { number, elapsed });
      margin.shown(event);
      return styleSpans(spans);
    },
    written: (event: FrameEvent, number: number) =>
      writtenBy((out) => margin.writeRow(event, connections.of(event.conn), number, out)).text,
    talk: (event: Event) => {
      margin.pass(event);
      return styleSpans(margin.talk(event));
    },
  };
}

const frames = framesAt("1", [
  { ms: 0, opcode: 1 },
  { ms: 1.25, opcode: 1 },
  { ms: 2500, opcode: 1 },
]);

describe("before a row", () => {
  it.each<[TimestampStyle, readonly string[]]>([
    ["off", ["   1         #1 ", "   2 +1.25ms #1 ", "   3  +2.50s #1 "]],
    [
      "delta",
      [
        "   1 +   0.000000         #1 ",
        "   2 +   0.001250 +1.25ms #1 ",
        "   3 +   2.498750  +2.50s #1 ",
      ],
    ],
  ])("are number, time, delta and connection: %s", (style, lines) => {
    const { row } = setUp(style);
    expect(frames.map((frame, i) => row(frame, i + 1))).toEqual(lines);
  });

  it("is written as it is in spans", () => {
    const [spans, octets] = [setUp(), setUp()];
    const row = frames.map((frame, i) => spans.row(frame, i + 1));
    expect(frames.map((frame, i) => octets.written(frame, i + 1))).toEqual(row);
  });

  it("stands the number alone where there are no times", () => {
    const event = frameEvent({ opcode: 1 });
    expect(setUp().row(event, 7)).toBe("   7 ");
    expect(setUp().written(event, 7)).toBe("   7 ");
  });

  it("is time since its connection opened, or since the first event", () => {
    const { connections, row } = setUp("since");
    connections.begin("1", frames[0]!.at.ns);
    expect(row(frames[1]!, 1)).toContain("0.001250");
    expect(setUp("since").row(frames[1]!, 1)).toContain("0.000000");
  });

  it("has names in a column that only becomes wider", () => {
    const { row } = setUp("off");
    const [named] = framesAt("1.20", [{ ms: 1, opcode: 1 }]);
    expect(row(frames[0]!, 1)).toMatch(/ #1 $/);
    expect(row(named!, 2)).toMatch(/ #1\.20 $/);
    expect(row(frames[1]!, 3)).toMatch(/ #1 {4}$/);
  });

  it("shows no name that hides something", () => {
    const [event] = framesAt("1\x1b", [{ ms: 1, opcode: 1 }]);
    expect(setUp("off").row(event!, 1)).toMatch(/ #1\\x1b $/);
  });
});

describe("before what is no row", () => {
  it("there is room for the number", () => {
    expect(setUp("off").talk(handshakeAt(0))).toBe("     #1 ");
  });

  it("is nothing where there are no times", () => {
    expect(setUp().talk(handshakeAt(0, { at: { epochUs: 0, ns: 0n } }))).toBe("");
  });
});
