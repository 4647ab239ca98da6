import { expect, it } from "vitest";
import { createDecoding } from "../../../src/capture/streams/decoding.ts";
import type { Event } from "../../../src/transport/events.ts";

const NOTE: Event = { type: "note", conn: "1", at: { epochUs: 0, ns: 0n }, message: "x" };

it("events go to who takes them, and to the watcher", () => {
  const told: string[] = [];
  const nothing = () => undefined;
  const decoding = createDecoding({
    take: () => void told.push("taken"),
    watcher: {
      event: () => void told.push("watched"),
      bytesBeforeResponse: nothing,
      gap: nothing,
      directionEnd: nothing,
      connectionEnd: nothing,
    },
    assumeWebSocket: [9000],
  });
  decoding.emit(NOTE);
  decoding.emitUnwatched(NOTE);
  expect(told).toEqual(["taken", "watched", "taken"]);
  expect(decoding.assumeWebSocket.has(9000)).toBe(true);
  expect(decoding.deflate).toBe(false);
});
