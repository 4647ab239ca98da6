import { describe, expect, it } from "vitest";
import { type Selection, Selector } from "../../src/capture/select.ts";
import {
  parseOpcodes,
  parsePayloadMatch,
  parseSizeRange,
  parseTimeRange,
} from "../../src/capture/select-words.ts";
import type { NumberedEvent } from "../../src/rows.ts";
import type { Event } from "../../src/transport/events.ts";
import { violation } from "../../src/protocol/rules.ts";
import { handshakeAt, momentAt } from "../helpers/connect-events.ts";
import { captureEvents, harEvents } from "../helpers/dump-events.ts";
import { numbered } from "../helpers/numbered.ts";

function select(selection: Selection, events = captureEvents()): NumberedEvent[] {
  const selector = new Selector(selection);
  const selected: NumberedEvent[] = [];
  const take = (one: NumberedEvent): void => void selected.push(one);
  for (const one of numbered(events)) selector.push(one, take);
  selector.end(take);
  return selected;
}

/** `open 1`, numbers of rows, `note 2`. */
function told(selection: Selection, events?: Event[]): (string | number)[] {
  return select(selection, events).map(({ event, number }) =>
    number > 0 ? number : `${event.type === "handshake" ? "open" : event.type} ${event.conn}`,
  );
}

describe("without a filter", () => {
  it("everything passes as it comes", () => {
    expect(select({})).toEqual(numbered(captureEvents()));
  });
});

describe("rows are selected", () => {
  it.each<[string, Selection, (string | number)[]]>([
    ["by direction", { dir: "out" }, ["open 1", 1, "open 2", 4, 5, 6, 8, 9, "note 2", 15]],
    ["by opcode", { opcodes: parseOpcodes("ping,pong") }, ["open 1", 6, 7]],
    ["by size", { size: parseSizeRange("1KiB..", "") }, ["open 2", 11, "note 2"]],
    ["by what breaks a rule", { violations: true }, ["open 2", 10, 13, "note 2"]],
    ["by text that was compressed", { payload: parsePayloadMatch("ETH", "") }, ["open 1", 3]],
    ["by text over fragments", { payload: parsePayloadMatch("/part, the s/", "") }, ["open 1", 9]],
    ["from the first", { first: 2 }, ["open 1", 1, 2]],
    ["after some", { skip: 2, first: 2 }, ["open 1", 3, "open 2", 4, "note 2"]],
    ["all but some", { skip: 15 }, ["open 1", 16]],
    ["by two at once", { dir: "in", opcodes: parseOpcodes("close") }, ["open 1", 16]],
    ["never", { size: parseSizeRange("1MB..", "") }, []],
  ])("%s", (_, selection, expected) => {
    const ends = new Set<string | number>(["close 1", "close 2"]);
    expect(told(selection).filter((one) => !ends.has(one))).toEqual(expected);
  });

  it("to the last, with what was told of their connections", () => {
    const first = ["open 1", 14, 15, 16, "close 1"];
    expect(told({ last: 3 })).toEqual(first);
    expect(told({ last: 4 })).toEqual(["open 2", 13, "note 2", ...first, "close 2"]);
  });

  it("and told how their connections end, and no others", () => {
    expect(told({ opcodes: parseOpcodes("ping") })).toEqual(["open 1", 6, "close 1"]);
  });

  it("where a connection breaks a rule as a whole", () => {
    const finding: Event = {
      type: "finding",
      conn: "1",
      at: momentAt(60),
      part: "end",
      violation: violation("client-closed-tcp-first"),
    };
    expect(told({ violations: true }, [...captureEvents(), finding])).toContain("finding 1");
    expect(told({ dir: "in", first: 1 }, [handshakeAt(0), finding])).toEqual([]);
  });

  it("of a source without frames as well", () => {
    expect(told({ dir: "in", payload: parsePayloadMatch("beat", "") }, harEvents())).toEqual([
      "open 1",
      3,
      "close 1",
    ]);
  });
});

describe("everything is selected", () => {
  it("by connection", () => {
    const second = ["open 2", 4, 10, 11, 12, 13, "note 2", "close 2"];
    expect(told({ connections: new Set(["2"]) })).toEqual(second);
    expect(told({ connections: new Set(["127.0.0.1:8080"]) })).toHaveLength(22);
    expect(told({ connections: new Set(["127.0.0.1:80"]) })).toEqual([]);
  });

  it("by time since the first event, the handshake before it", () => {
    const time = parseTimeRange("44.8ms..45.8ms", "");
    expect(told({ time })).toEqual(["open 2", 11, 12]);
  });

  it("by the time of the clock", () => {
    const time = parseTimeRange("2026-02-01T00:00:02.061Z..", "");
    expect(told({ time })).toEqual(["open 1", 16, "close 1", "open 2", "close 2"]);
    expect(told({ time: parseTimeRange("..2026-02-01T00:00:00.0012Z", "") })).toEqual(["open 1"]);
  });
});

describe("who reads", () => {
  it("can stop after the first rows", () => {
    const selector = new Selector({ skip: 1, first: 1 });
    const done = numbered(captureEvents()).map((one) => {
      selector.push(one, () => undefined);
      return selector.isDone;
    });
    expect(done.indexOf(true)).toBe(4);
    expect(done.slice(4).every(Boolean)).toBe(true);
  });

  it("learns what could not be held", () => {
    expect(new Selector({ last: 1 }).dropped).toBe(0);
    expect(new Selector({}).dropped).toBe(0);
  });
});
