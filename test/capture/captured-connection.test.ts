import { expect, it } from "vitest";
import { CapturedConnection } from "../../src/capture/captured-connection.ts";
import type { EndReason } from "../../src/capture/packets/connection.ts";
import type { Flow } from "../../src/capture/packets/flow.ts";
import { createDecoding } from "../../src/capture/streams/decoding.ts";
import { DroppedStage } from "../../src/capture/streams/dropped-stage.ts";
import type { Event } from "../../src/transport/events.ts";
import { utf8 } from "../helpers/bytes.ts";
import { fromClient, inShort, request, response } from "../helpers/talk.ts";

const CLIENT = { address: Uint8Array.of(10, 0, 0, 1), port: 4000 };
const SERVER = { address: Uint8Array.of(10, 0, 0, 2), port: 80 };

/** A connection whose packets come a second after each other. */
function capture() {
  const events: Event[] = [];
  const decoding = createDecoding({ take: (event) => void events.push(event) });
  const flow = (dir: 0 | 1) => ({ dir, seconds: 0, nanoseconds: 0, tsNs: 0n }) as Flow;
  const flows = [flow(0), flow(1)] as const;
  let names = 6;
  const connection = new CapturedConnection(
    decoding,
    { client: CLIENT, server: SERVER, clientKnown: true, flows },
    { name: () => String(++names), decrypt: () => new DroppedStage("tlsOther") },
  );
  const say = (dir: 0 | 1, bytes: Uint8Array) => {
    flows[dir].seconds += 1;
    connection.data(flows[dir], bytes, 0, bytes.length);
  };
  return { events, connection, flows, say, counts: decoding.counts };
}

function open() {
  const captured = capture();
  captured.say(0, utf8(request()));
  captured.say(1, utf8(response()));
  captured.say(0, fromClient("hi"));
  return captured;
}

const OPENED = ["7 handshake ws://example.test/ 101", "7 → text@0 hi"];

it.each<[EndReason, string[]]>([
  ["capture-end", ["7 note the end of this connection is not in the capture"]],
  [
    "reused",
    [
      "7 note the port was used again for another connection",
      "7 note the end of this connection is not in the capture",
    ],
  ],
  [
    "evicted",
    [
      "7 note too many connections are open at once: this one, the longest at rest, is given up",
      "7 note the end of this connection is not in the capture",
    ],
  ],
])("a WebSocket that ends as %s says so", (reason, told) => {
  const { events, connection, counts } = open();
  connection.end(reason);
  expect(inShort(events)).toEqual([...OPENED, ...told]);
  expect(events[0]).toMatchObject({ remote: "10.0.0.2:80", at: { epochUs: 1e6 } });
  expect(counts.webSocket).toBe(1);
});

it("what is no WebSocket ends in silence, and has no name", () => {
  const { events, connection, say, counts } = capture();
  say(0, utf8("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  connection.end("evicted");
  expect(events).toEqual([]);
  expect(counts.http).toBe(1);
  expect(connection.name()).toBe("7");
  expect(connection.name()).toBe("7");
});

it("one without data is empty", () => {
  const { connection, counts } = capture();
  connection.end("reset");
  expect(counts.empty).toBe(1);
});

it("TLS is decrypted by who can", () => {
  const { connection, say, counts } = capture();
  say(0, Uint8Array.of(22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3));
  connection.end("fin");
  expect(counts.tlsOther).toBe(1);
});

it("gaps and ends reach the side that they belong to", () => {
  const { events, connection, flows } = open();
  connection.gap(flows[1], 9);
  connection.fin(flows[0]);
  connection.reset(flows[1]);
  connection.end("reset");
  expect(inShort(events)).toEqual([
    ...OPENED,
    "7 note from the server: 9 B are missing in the capture; no certain frame border came after it",
    "7 close 1006 local",
  ]);
});
