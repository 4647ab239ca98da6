import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { createPcapngWriter } from "../../src/capture/pcapng-writer.ts";
import { readCaptureEvents } from "../../src/capture/read-capture.ts";
import type { Event, FrameEvent, HandshakeEvent } from "../../src/transport/events.ts";
import { concat, toHex, utf8 } from "../helpers/bytes.ts";
import { closeAt, handshakeAt, messageAt } from "../helpers/connect-events.ts";
import { captureEvents, framesAt, harEvents, HOSTILE, rawEvents } from "../helpers/dump-events.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";
import { numbered } from "../helpers/numbered.ts";
import { file } from "../helpers/temp-files.ts";

function write(events: readonly Event[], showSecrets = false): Uint8Array {
  const writer = createPcapngWriter({ version: "1.2.3", showSecrets });
  return concat([writer.head, ...numbered(events).map((one) => writer.push(one))]);
}

async function* inOnePiece(bytes: Uint8Array) {
  yield bytes;
}

async function read(events: readonly Event[], showSecrets = false): Promise<Event[]> {
  const again: Event[] = [];
  const bytes = write(events, showSecrets);
  for await (const event of readCaptureEvents(inOnePiece(bytes))) again.push(event);
  return again;
}

/** A frame as it was on the wire, when, and what it completes. */
function wire({ at, dir, frame, message }: FrameEvent) {
  const { header, headerBytes, payload } = frame;
  return {
    us: at.epochUs,
    dir,
    offset: header.offset,
    header: toHex(headerBytes),
    payload: toHex(payload),
    message: message && toHex(message.data),
  };
}

const framesOf = (events: readonly Event[]) =>
  events.filter((event): event is FrameEvent => event.type === "frame");

describe("a capture that was written is read again", () => {
  it("frame by frame, as they were on the wire", async () => {
    const events = captureEvents();
    // A gap is one only once nothing more comes, so what follows it is told late.
    const inTime = (all: readonly Event[]) =>
      framesOf(all)
        .map(wire)
        .toSorted((a, b) => a.us - b.us);
    const again = inTime(await read(events));
    const before = inTime(events);
    const cut = before.findIndex(({ payload }) => payload.length === 2000);
    // What is not known is a gap; the frames after it are where they were.
    expect(again.toSpliced(cut, 1)).toEqual(before.toSpliced(cut, 1));
    expect(again[cut]).toMatchObject({
      offset: before[cut]!.offset,
      payload: before[cut]!.payload,
    });
  });

  it("with its handshakes and how it closed", async () => {
    const events = await read(captureEvents());
    const told = events.filter(({ type }) => type === "handshake" || type === "close");
    expect(told).toMatchObject([
      { type: "handshake", remote: "127.0.0.1:8080", subprotocol: "chat", violations: [] },
      { type: "handshake", url: "ws://127.0.0.1:8080/feed" },
      { type: "handshake", response: { startLine: "HTTP/1.1 404 Not Found" } },
      { type: "close", code: 1000, clean: true, initiator: "local" },
      { type: "close", code: 1006, clean: false },
    ]);
  });

  it("over HTTP/1.1 where they were made over HTTP/2", async () => {
    const frames = framesAt("1.3", [{ ms: 9, opcode: 1, payload: "hi" }]);
    const more = [["sec-websocket-protocol", "chat"]] as const;
    const refused = http2Handshake(403, { conn: "1.5", body: utf8("no") });
    const events = await read([http2Handshake(200, { more }), ...frames, refused]);
    expect(framesOf(events).map(({ message }) => toHex(message!.data))).toEqual(["6869"]);
    expect(events.filter(({ type }) => type === "handshake")).toMatchObject([
      {
        url: "ws://example.test/chat?token=***&room=1",
        subprotocol: "chat",
        violations: [],
      },
      { response: { startLine: "HTTP/1.1 403" }, body: utf8("no") },
    ]);
  });

  it("where only messages were known, as a frame each", async () => {
    const events = await read(harEvents());
    const frames = framesOf(events);
    expect(
      frames.map(({ dir, frame: { header, payload } }) => [
        dir,
        header.opcode,
        header.masked,
        Buffer.from(payload).toString("latin1"),
      ]),
    ).toEqual([
      ["out", 1, true, "subscribe"],
      ["in", 2, false, "\x01\x02\x03\xff"],
      ["in", 9, false, "beat"],
      ["in", 1, false, Buffer.from(HOSTILE).toString("latin1")],
      ["in", 8, false, "\x03\xe9"],
      ["out", 8, true, "\x03\xe9"],
    ]);
    expect(events.at(-1)).toMatchObject({ type: "close", code: 1001, clean: true });
  });

  it("where there was no handshake: one is made up that says so", async () => {
    const [opening, ...rest] = await read(rawEvents());
    expect(opening).toMatchObject({ type: "handshake", violations: [] });
    const { request, response } = opening as HandshakeEvent;
    for (const { headers } of [request, response]) {
      expect(headers).toContainEqual(["X-Framecat", "this handshake was not captured"]);
    }
    // Raw bytes have both directions in one.
    const anywhere = (event: Event) => ({ ...wire(event as FrameEvent), offset: 0 });
    expect(framesOf(rest).map(anywhere)).toEqual(rawEvents().map(anywhere));
  });
});

describe("what is written", () => {
  it("holds no secrets, unless asked", async () => {
    const [event] = captureEvents();
    const opening = handshakeAt(0, {
      ...(event as HandshakeEvent),
      request: {
        startLine: "GET /?token=hush HTTP/1.1",
        headers: [["Authorization", "Basic psst"]],
      },
    });
    const text = (showSecrets: boolean) => Buffer.from(write([opening], showSecrets)).toString();
    expect(text(false)).not.toMatch(/hush|psst/);
    expect(text(true)).toMatch(/token=hush.*\r\nAuthorization: Basic psst\r\n/);
  });

  it("cannot be broken by a header, a reason or a length", async () => {
    const [huge] = framesAt("1", [{ ms: 1, opcode: 2, payload: "abc" }]);
    const { frame } = huge!;
    const header = { ...frame.header, length: 2 ** 63 };
    const events = await read([
      handshakeAt(0, {
        request: { startLine: "GET /\r\nEvil: 1", headers: [["A", "b\r\n\r\nc"]] },
      }),
      { ...huge!, frame: { ...frame, header, payloadCut: true } },
      { ...messageAt(2, "in", "x"), conn: "2" },
      closeAt(3, 4000, { conn: "2", reason: "x".repeat(999) }),
      { ...messageAt(4, "in", "x"), conn: "3" },
      closeAt(5, 1000.5, { conn: "3" }),
      closeAt(6, 1000, { conn: "unknown" }),
    ]);
    expect(framesOf(events).map(({ frame: { payload } }) => payload.length)).toContain(125);
    expect(events.filter(({ type }) => type === "error")).toEqual([]);
  });

  it("has no port of TLS, and an own client for each connection", async () => {
    const secure = handshakeAt(0, { url: "wss://h/", remote: "192.0.2.7:443" });
    const other = { ...handshakeAt(1, { remote: "[::1]:9000" }), conn: "2" };
    const events = await read([secure, other]);
    expect(events.filter(({ type }) => type === "handshake")).toMatchObject([
      { remote: "192.0.2.7:80" },
      { remote: "192.0.2.1:9000" },
    ]);
  });
});

const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
if (!hasTshark) console.log("tshark is not installed: no second judge of written captures");

describe.skipIf(!hasTshark)("tshark", () => {
  it("finds WebSocket in it, and every checksum right", () => {
    const events = captureEvents().filter(
      (event) => !(event.type === "frame" && event.frame.payloadCut),
    );
    const shown = dissect(write(events));
    const frames = shown.filter(({ opcode }) => opcode !== "");
    const before = framesOf(events).filter(({ conn }) => conn === "1");
    expect(frames.slice(0, 3).map(({ opcode, length }) => [opcode, length])).toEqual([
      ["1", "5"],
      ["1", "5"],
      ["1", String(before[2]!.frame.header.length)],
    ]);
    expect(frames).toHaveLength(framesOf(events).length);
    expect(frames[0]).toMatchObject({ time: "1769904000.002000000", key: "37fa213d" });
    expect(new Set(shown.map(({ tcp, ip }) => `${tcp} ${ip}`))).toEqual(new Set(["1 1"]));
  });
});

const FIELDS = [
  "frame.time_epoch",
  "websocket.opcode",
  "websocket.payload_length",
  "websocket.masking_key",
  "tcp.checksum.status",
  "ip.checksum.status",
];

function dissect(bytes: Uint8Array) {
  const path = file(bytes);
  const fields = FIELDS.flatMap((name) => ["-e", name]);
  const checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
  const { stdout } = spawnSync("tshark", ["-r", path, ...checks, "-T", "fields", ...fields], {
    encoding: "utf8",
  });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [time, opcode, length, key, tcp, ip] = line.split("\t");
      return { time, opcode, length, key, tcp, ip };
    });
}
