import { describe, expect, it } from "vitest";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, handshakeAt, messageAt } from "../helpers/connect-events.ts";
import { captureEvents, framesAt, harEvents } from "../helpers/dump-events.ts";
import { numbered } from "../helpers/numbered.ts";

/** `1 frame`, `0 close`. */
function rows(events: readonly Event[]): string[] {
  return numbered(events).map(({ event, number }) => `${number} ${event.type}`);
}

const [frame] = framesAt("1", [{ ms: 1, opcode: 1, payload: "a" }]);
const message = messageAt(1, "out", "a");

describe("rows are numbered", () => {
  it("over all connections, and nothing else is", () => {
    const events = captureEvents();
    const all = rows(events);
    expect(all).toHaveLength(events.length);
    const numbers = all.map((line) => Number.parseInt(line)).filter((number) => number > 0);
    expect(numbers).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  it("where there are only messages", () => {
    expect(rows(harEvents())).toEqual([
      "0 handshake",
      "1 message",
      "2 message",
      "3 ping",
      "4 message",
      "0 close",
    ]);
  });

  it.each<[string, Event[], string[]]>([
    ["a message told before its frame", [message, frame!, message], ["1 frame"]],
    ["a message told after its frame", [frame!, message], ["1 frame"]],
    ["the only message", [message], ["1 message"]],
    ["a message before the end", [message, closeAt(2)], ["1 message", "0 close"]],
    [
      "a name that is used anew",
      [message, message, closeAt(2), handshakeAt(3), message, frame!],
      ["1 message", "2 message", "0 close", "0 handshake", "3 frame"],
    ],
  ])("once: %s", (_, events, expected) => expect(rows(events)).toEqual(expected));

  it("for each connection by itself", () => {
    const other = { ...message, conn: "2" };
    expect(rows([message, other, frame!, other])).toEqual(["1 frame", "2 message", "3 message"]);
  });
});
