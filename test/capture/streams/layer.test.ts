import { expect, it } from "vitest";
import { createDecoding } from "../../../src/capture/streams/decoding.ts";
import { Layer } from "../../../src/capture/streams/layer.ts";
import type { Event } from "../../../src/transport/events.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { fromClient, inShort, request, response } from "../../helpers/talk.ts";

it("bytes of both directions go through their stages; a name is given to WebSocket alone", () => {
  const events: Event[] = [];
  let names = 0;
  const layer = new Layer(createDecoding({ take: (event) => void events.push(event) }), {
    ports: [1, 2],
    endpoint: (index) => `end ${index}`,
    fromStart: true,
    name: () => {
      names = 1;
      return "7";
    },
  });
  const say = (dir: "in" | "out", bytes: Uint8Array) => layer.data(dir, bytes, 0, bytes.length);
  expect([layer.kind, names]).toEqual([undefined, 0]);
  say("out", utf8(request()));
  expect([layer.kind, names]).toEqual(["http", 0]);
  say("in", utf8(response()));
  say("out", fromClient("hi"));
  layer.endOf("out", "fin");
  layer.finish();
  expect(layer.kind).toBe("webSocket");
  expect(inShort(events)).toEqual([
    "7 handshake ws://example.test/ 101",
    "7 → text@0 hi",
    "7 close 1006 local",
  ]);
  expect(events[0]).toMatchObject({ remote: "end 1" });
});
