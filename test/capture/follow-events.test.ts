import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { followEventBatches } from "../../src/capture/follow-events.ts";
import { readCaptureEvents } from "../../src/capture/read-capture.ts";
import { eventToJson } from "../../src/transport/event-json.ts";
import type { Event } from "../../src/transport/events.ts";
import { concat, hex, utf8 } from "../helpers/bytes.ts";
import {
  ACK,
  ethernet,
  ipv4,
  type Ipv4Spec,
  pcap,
  type SegmentSpec,
  SYN,
  tcp,
} from "../helpers/packets.ts";
import { file } from "../helpers/temp-files.ts";

const HELLO = hex("8105 68656c6c6f");

function follow(content: Uint8Array) {
  const path = file(content);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const events = flat(
    followEventBatches(path, {
      name: "x",
      signal: stop.signal,
      pollMs: 2,
      readCapture: (chunks) =>
        readCaptureEvents(chunks, { name: "x", assumeWebSocket: [80] }).batches(),
    }),
  );
  return { path, stop, next: async () => told((await events.next()).value) };
}

async function* flat(batches: AsyncIterable<readonly Event[]>): AsyncGenerator<Event, undefined> {
  for await (const batch of batches) yield* batch;
}

function told(event: Event | undefined): string | undefined {
  if (event?.type === "note") return event.message;
  return event && `${event.conn} ${event.type}`;
}

it("tells frames as they are added", async () => {
  const { path, stop, next } = follow(new Uint8Array(0));
  const first = next();
  appendFileSync(path, HELLO.subarray(0, 3));
  appendFileSync(path, HELLO.subarray(3));
  expect(await first).toBe("1 frame");
  appendFileSync(path, HELLO);
  expect(await next()).toBe("1 frame");
  stop.abort();
  expect(await next()).toBeUndefined();
});

it("tells where it was stopped within a frame", async () => {
  const { stop, next } = follow(concat([HELLO, HELLO.subarray(0, 3)]));
  expect(await next()).toBe("1 frame");
  stop.abort();
  expect(await next()).toBe("1 frame");
  expect(await next()).toContain("the input ends within the payload of the frame at byte 7");
});

it("tells nothing of a file that stayed empty", async () => {
  const { stop, next } = follow(new Uint8Array(0));
  stop.abort();
  expect(await next()).toBeUndefined();
});

it("reads a file anew that became shorter, in whatever format", async () => {
  const { path, next } = follow(HELLO);
  expect(await next()).toBe("1 frame");
  truncateSync(path, 0);
  expect(await next()).toBe("x was truncated: reading it from its beginning");
  const note: Event = { type: "note", conn: "7", at: { epochUs: 0, ns: 0n }, message: "n" };
  const state: Event = { type: "state", conn: "7", at: note.at, state: "OPEN" };
  writeFileSync(path, utf8(`${JSON.stringify(eventToJson(state))}\n`));
  expect(await next()).toBe("2.7 state");
});

it("tells a capture while it is written", async () => {
  const request = utf8(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  const response = utf8(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
  );
  const answer = { sourcePort: 80, destinationPort: 1000 };
  const segments: readonly SegmentSpec[] = [
    { flags: SYN },
    { ...answer, flags: SYN | ACK, ack: 1 },
    { seq: 1, ack: 1, payload: request },
    { ...answer, seq: 1, ack: 1 + request.length, payload: response },
    { ...answer, seq: 1 + response.length, payload: HELLO },
    { ...answer, seq: 1 + response.length + HELLO.length, payload: HELLO },
  ];
  const packets = segments.map((segment) => ({
    data: ethernet(ipv4(tcp(segment), ends(segment))),
  }));
  const upTo = (count: number) => pcap(packets.slice(0, count));

  const { path, next } = follow(upTo(0));
  const first = next();
  appendFileSync(path, upTo(5).subarray(upTo(0).length));
  expect([await first, await next()]).toEqual(["1 handshake", "1 frame"]);
  const added = next();
  appendFileSync(path, upTo(6).subarray(upTo(5).length));
  expect(await added).toBe("1 frame");
});

/** The addresses of a packet, turned around for one from the server. */
function ends({ sourcePort }: SegmentSpec): Ipv4Spec {
  const client = [10, 0, 0, 1];
  const server = [10, 0, 0, 2];
  return sourcePort === 80
    ? { source: server, destination: client }
    : { source: client, destination: server };
}
