import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import { eventToJson, isoMicroseconds } from "../../src/transport/event-json.ts";
import type { Event, HandshakeEvent } from "../../src/transport/events.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { compress } from "../helpers/endpoint.ts";
import { frameEvents } from "../helpers/frame-events.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";
import { createInflate } from "../../src/transport/inflater.ts";

const schema = JSON.parse(readFileSync("src/schema/event.schema.json", "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

const COMMON = { conn: "7", at: { epochUs: 1_700_000_000_123_456, ns: 12_345_678_901_234_567n } };
const CLOCK = {
  v: "framecat.event/1",
  t: "2023-11-14T22:13:20.123456Z",
  ns: "12345678901234567",
  conn: "7",
};

/** The line of an event, which must be what the schema says. */
function json(event: Event, options?: Parameters<typeof eventToJson>[1]): unknown {
  const line: unknown = JSON.parse(JSON.stringify(eventToJson(event, options)));
  validate(line);
  expect(validate.errors).toBeNull();
  return line;
}

const HANDSHAKE: HandshakeEvent = {
  ...COMMON,
  type: "handshake",
  role: "client",
  url: "wss://h/chat?token=s3cret&room=1",
  remote: "192.0.2.1:443",
  request: {
    startLine: "GET /chat?token=s3cret&room=1 HTTP/1.1",
    headers: [
      ["Host", "h"],
      ["Authorization", "Bearer s3cret"],
      ["Cookie", "sid=s3cret; theme=s3cret"],
    ],
  },
  response: {
    startLine: "HTTP/1.1 101 Switching Protocols",
    headers: [["Set-Cookie", "sid=s3cret; Path=/"]],
  },
  timings: { dns: 1, tcp: 2, tls: 3, upgrade: 4 },
  tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", authorized: true },
  subprotocol: "chat",
  deflate: {
    serverNoContextTakeover: true,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 12,
    clientMaxWindowBits: 15,
  },
  violations: [],
};

describe("a handshake", () => {
  it("has no secrets in it, unless they are asked for", () => {
    expect(JSON.stringify(json(HANDSHAKE))).not.toContain("s3cret");
    expect(json(HANDSHAKE)).toMatchObject({
      url: "wss://h/chat?token=***&room=1",
      request: { line: "GET /chat?token=***&room=1 HTTP/1.1" },
    });
    const shown = JSON.stringify(json(HANDSHAKE, { showSecrets: true }));
    expect(shown.match(/s3cret/g)).toHaveLength(6);
  });

  it("over HTTP/2 has none either, and no accept key to be checked", () => {
    const line = json(http2Handshake());
    expect(JSON.stringify(line)).not.toContain("s3cret");
    expect(line).toMatchObject({
      conn: "1.3",
      request: {
        line: "CONNECT /chat?token=***&room=1 HTTP/2",
        headers: expect.arrayContaining([[":path", "/chat?token=***&room=1"]]) as unknown,
      },
      response: { line: "HTTP/2 200", headers: [[":status", "200"]] },
    });
    expect(line).not.toHaveProperty("acceptKeyValid");
    expect(json(http2Handshake(101))).not.toHaveProperty("acceptKeyValid");
  });

  it("tells times, TLS and what was agreed", () => {
    expect(json(HANDSHAKE)).toMatchObject({
      ...CLOCK,
      type: "handshake",
      role: "client",
      remote: "192.0.2.1:443",
      timings: { dns: 1, tcp: 2, tls: 3, upgrade: 4 },
      tls: { version: "TLSv1.3", authorized: true },
      acceptKeyValid: true,
      subprotocol: "chat",
      extensions: "permessage-deflate; server_no_context_takeover; server_max_window_bits=12",
      violations: [],
    });
  });

  it("tells what is wrong, and the body of a refusal", () => {
    const wrong = { ...HANDSHAKE, violations: [violation("response-accept", "no header")] };
    expect(json(wrong)).toMatchObject({
      acceptKeyValid: false,
      violations: [{ rule: "response-accept", severity: "error", section: "4.1" }],
    });
    const refused: HandshakeEvent = {
      ...HANDSHAKE,
      response: { startLine: "HTTP/1.1 404 Not Found", headers: [] },
      body: utf8("no such page"),
    };
    expect(json(refused)).toMatchObject({ body: { text: "no such page" } });
    // Of a refusal nothing can be said about a key that it did not have to give.
    expect(json(refused)).not.toHaveProperty("acceptKeyValid");
  });
});

describe("a frame", () => {
  const [text, ping, binary, odd, close] = frameEvents([
    { opcode: 1, maskKey: 0x37fa213d, payload: "Hello" },
    { opcode: 9, payload: hex("7f ff") },
    { opcode: 2, payload: "text all the same" },
    { opcode: 1, payload: hex("ff") },
    { opcode: 8, payload: hex("03e9 627965") },
  ]);
  const HEADER = { fin: true, rsv1: false, rsv2: false, rsv3: false, violations: [] };

  it("is told in full", () => {
    expect(json(text!)).toMatchObject({
      ...HEADER,
      type: "frame",
      opcode: 1,
      opcodeName: "text",
      masked: true,
      maskKey: "37fa213d",
      length: 5,
      headerLength: 6,
      offset: 0,
      text: "Hello",
      fragment: 1,
    });
    expect(json(text!)).not.toHaveProperty("base64");
  });

  it("has its payload as base64 where it is no text", () => {
    expect(json(ping!)).toMatchObject({ base64: "f/8=", masked: false, fragment: 0 });
    expect(json(ping!)).not.toHaveProperty("maskKey");
    expect(json(binary!)).toMatchObject({
      base64: Buffer.from("text all the same").toString("base64"),
    });
    expect(json(odd!)).toMatchObject({ base64: "/w==", violations: [{ rule: "text-utf8" }] });
  });

  it("tells the code and the reason of a Close", () => {
    expect(json(close!)).toMatchObject({ opcodeName: "close", code: 1001, reason: "bye" });
  });

  it("tells the length after inflation, and shows the bytes of the wire", () => {
    const payload = compress(utf8("hello hello hello"));
    const [event] = frameEvents([{ opcode: 1, rsv1: true, payload }], { createInflate });
    expect(json(event!)).toMatchObject({
      base64: Buffer.from(payload).toString("base64"),
      length: payload.length,
      inflatedLength: 17,
    });
  });
});

describe("everything else", () => {
  it.each<[Event, object]>([
    [
      { ...COMMON, type: "message", dir: "in", kind: "text", data: utf8("grüß") },
      { type: "message", dir: "in", kind: "text", text: "grüß", length: 6 },
    ],
    [
      { ...COMMON, type: "message", dir: "out", kind: "binary", data: utf8("x") },
      { dir: "out", kind: "binary", base64: "eA==", length: 1 },
    ],
    [
      { ...COMMON, type: "message", dir: "out", kind: "text", data: utf8("beg"), omitted: 97 },
      { text: "beg", length: 100, omitted: 97 },
    ],
    [
      { ...COMMON, type: "ping", dir: "out", data: utf8("a") },
      { type: "ping", text: "a" },
    ],
    [{ ...COMMON, type: "pong", dir: "in", data: utf8("a"), rttMs: 1.5 }, { rttMs: 1.5 }],
    [
      {
        ...COMMON,
        type: "close",
        code: 1001,
        reason: "bye",
        initiator: "peer",
        clean: true,
      },
      { code: 1001, name: "Going Away", reason: "bye", initiator: "peer", clean: true },
    ],
    [
      {
        ...COMMON,
        type: "message",
        dir: "in",
        kind: "text",
        data: utf8("y"),
        heartbeat: true,
        rttMs: 2,
      },
      { text: "y", heartbeat: true, rttMs: 2 },
    ],
    [
      {
        ...COMMON,
        type: "close",
        code: 1000,
        reason: "",
        initiator: "local",
        clean: true,
        durationMs: 12.5,
      },
      { code: 1000, clean: true, durationMs: 12.5 },
    ],
    [{ ...COMMON, type: "state", state: "OPEN" }, { state: "OPEN" }],
    [
      { ...COMMON, type: "reconnect", attempt: 2, tries: 10, delayMs: 500, reason: "refused" },
      { attempt: 2, tries: 10, delayMs: 500, reason: "refused" },
    ],
    [
      { ...COMMON, type: "reconnected", lost: "6", attempt: 2, offlineMs: 3200, queued: 3 },
      { conn: "7", lost: "6", attempt: 2, offlineMs: 3200, queued: 3 },
    ],
    [
      { ...COMMON, type: "reconnect", attempt: 2, delayMs: 500 },
      { attempt: 2, delayMs: 500 },
    ],
    [
      { ...COMMON, type: "error", code: "protocol", message: "RSV1" },
      { code: "protocol", message: "RSV1" },
    ],
    [
      {
        ...COMMON,
        type: "finding",
        violation: violation("mask-key-repeated", "00000001"),
        part: "frame",
        dir: "out",
        frame: 3,
        offset: 120,
      },
      {
        rule: "mask-key-repeated",
        severity: "warn",
        part: "frame",
        dir: "out",
        frame: 3,
        offset: 120,
      },
    ],
    [{ ...COMMON, type: "note", message: "so it goes" }, { message: "so it goes" }],
  ])("%o", (event, expected) => {
    expect(json(event)).toMatchObject({ ...CLOCK, type: event.type, ...expected });
  });

  it("leaves out what does not apply", () => {
    const event: Event = { ...COMMON, type: "pong", dir: "in", data: utf8("a") };
    expect(Object.keys(json(event) as object).join(" ")).toBe("v t ns conn type dir text");
  });
});

it.each([
  [0, "1970-01-01T00:00:00.000000Z"],
  [1, "1970-01-01T00:00:00.000001Z"],
  [999_999, "1970-01-01T00:00:00.999999Z"],
  [1_700_000_000_000_010, "2023-11-14T22:13:20.000010Z"],
])("%d µs is %s", (epochUs, text) => expect(isoMicroseconds(epochUs)).toBe(text));
