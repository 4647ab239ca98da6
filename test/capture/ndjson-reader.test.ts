import { describe, expect, it } from "vitest";
import { NdjsonReader } from "../../src/capture/ndjson-reader.ts";
import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { utf8 } from "../helpers/bytes.ts";
import { compress } from "../helpers/endpoint.ts";
import { frameEvents } from "../helpers/frame-events.ts";
import { close, handshake, message } from "../helpers/har.ts";
import { recorded } from "../helpers/recorded.ts";

async function* stream(text: string): AsyncGenerator<Uint8Array> {
  yield utf8(text);
}

describe("NdjsonReader", () => {
  it("gives back what was written, line by line", async () => {
    const deflate = {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    const frames = frameEvents(
      [
        { opcode: 1, maskKey: 7, rsv1: true, payload: compress(utf8("hello hello hello")) },
        { opcode: 2, fin: false, payload: "a" },
        { opcode: 0, payload: Buffer.of(0xff) },
        { opcode: 8, payload: Buffer.from("\u0003\u00e8bye", "latin1") },
      ],
      { createInflate },
    );
    const said = [
      handshake("1", { deflate }),
      ...frames,
      message("1", 2, "in", "x"),
      close("1", 3),
    ];
    const text = said.map(recorded).join("");
    const reader = new NdjsonReader("x");
    const events: Event[] = [];
    for await (const { event } of reader.read(stream(text))) events.push(event);
    // What an inflated message says of its last frame is there again, because it was inflated again.
    expect(events.map(recorded).join("")).toBe(text);
    expect(text).toContain('"inflatedLength":17');
    expect(eventToJson(events[3]!)).toMatchObject({ opcodeName: "continuation" });
    expect([reader.skipped, reader.cut]).toEqual([0, undefined]);
  });

  it("tells what it passed over", async () => {
    const line = recorded(message("1", 2, "in", "x"));
    const reader = new NdjsonReader("x");
    const text = line.replace('"message"', '"news"') + line.slice(0, 40);
    for await (const { event } of reader.read(stream(text))) expect(event).toBeUndefined();
    expect(reader.skipped).toBe(1);
    expect(reader.cut).toMatch(/^x, line 2 at byte \d+$/);
  });
});
