import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createJsonDocument } from "../../src/render/dump-json.ts";
import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { captureEvents, harEvents, numbered, rawEvents } from "../helpers/dump-events.ts";
import { expectGolden } from "../helpers/golden.ts";
import { expectValid } from "../helpers/schemas.ts";

function write(events: readonly Event[]): string {
  const document = createJsonDocument({ toJson: (event) => eventToJson(event) });
  return (
    numbered(events)
      .map((one) => document.push(one))
      .join("") + document.end()
  );
}

describe("one JSON document", () => {
  it("has all events, numbered as in the other forms", () => {
    const { v, events } = JSON.parse(write(captureEvents()));
    expect(v).toBe("framecat.dump/1");
    expect(events).toHaveLength(captureEvents().length);
    const frames = events.filter(({ type }: { type: string }) => type === "frame");
    expect(frames.map(({ number }: { number: number }) => number)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    const first = JSON.parse(JSON.stringify(eventToJson(captureEvents()[0]!)));
    expect({ v: "framecat.event/1", ...events[0] }).toEqual(first);
  });

  it("holds nothing that a terminal acts on", () => {
    expect(write(captureEvents())).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]/);
  });

  it("is a document where there is nothing, too", () => {
    expect(JSON.parse(write([]))).toEqual({ v: "framecat.dump/1", events: [] });
  });

  it("tells no times of raw frames", () => expectGolden("dump/json.json", write(rawEvents())));

  it("keeps to its schema", () => {
    for (const events of [captureEvents(), harEvents(), rawEvents(), []]) {
      expectValid("dump", JSON.parse(write(events)));
    }
    const wrong = { v: "framecat.dump/1", events: [{ conn: "1", type: "frame", dir: "in" }] };
    expect(() => expectValid("dump", wrong)).toThrow("to be null");
  });

  it("has the schema of events in its own, so that one file is enough to validate it", () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(`src/schema/${name}.schema.json`, "utf8"));
    const { $schema: _s, $id: _i, title: _t, description: _d, ...event } = read("event");
    const { v: _v, ...properties } = event.properties;
    const description = "As in a line of NDJSON, framecat.event/1, but without its version.";
    const required = ["conn", "type"];
    const dump = read("dump");
    const current = {
      ...dump,
      definitions: { event: { description, ...event, properties, required } },
    };
    // Format it with prettier afterwards.
    if (process.env.UPDATE_GOLDEN) {
      writeFileSync("src/schema/dump.schema.json", JSON.stringify(current, null, 2));
    }
    expect(read("dump")).toEqual(current);
  });
});
