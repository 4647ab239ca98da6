import { describe, expect, it } from "vitest";
import { PastEvents } from "../../src/repl/past-events.ts";
import type { Event } from "../../src/transport/events.ts";
import { frameEvents } from "../helpers/frame-events.ts";

function note(message: string): Event {
  return { type: "note", conn: "1", at: { epochUs: 0, ns: 0n }, message };
}

function notesOf(past: PastEvents): string[] {
  return past.events.flatMap((event) => (event.type === "note" ? [event.message] : []));
}

describe("past events", () => {
  it("are the latest that fit the count; how many are gone is known", () => {
    const past = new PastEvents({ maxEvents: 3, maxBytes: 1e6 });
    for (let i = 0; i < 10; i++) past.push(note(String(i)));
    expect(notesOf(past)).toEqual(["7", "8", "9"]);
    expect(past.forgotten).toBe(7);
  });

  it("are the latest whose payloads fit the memory", () => {
    const past = new PastEvents({ maxEvents: 100, maxBytes: 10_000 });
    for (let i = 0; i < 5; i++) {
      past.push(note(String(i)));
      for (const frame of frameEvents([{ opcode: 2, payload: Buffer.alloc(2000) }])) {
        past.push(frame);
      }
    }
    expect(notesOf(past)).toEqual(["3", "4"]);
    expect(past.lastFrames(10)).toHaveLength(2);
  });

  it("forget even what is too large by itself", () => {
    const past = new PastEvents({ maxEvents: 100, maxBytes: 100 });
    past.push(note("a"));
    expect([past.events.length, past.forgotten]).toEqual([0, 1]);
  });

  it("give the last frames, the oldest of them first", () => {
    const past = new PastEvents();
    const frames = frameEvents([1, 2, 9].map((opcode) => ({ opcode })));
    for (const frame of frames) past.push(frame);
    past.push(note("between"));
    expect(past.lastFrames(2)).toEqual(frames.slice(1));
  });
});
