import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HarReader } from "../../src/capture/har-reader.ts";
import { createHarWriter } from "../../src/capture/har-writer.ts";
import { hasOpened } from "../../src/opened.ts";
import type { Event } from "../../src/transport/events.ts";
import { hex, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";
import { newFolder } from "../helpers/folder.ts";
import { close, handshake, message } from "../helpers/har.ts";
import { after } from "../helpers/recorded.ts";

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function readBytes(...chunks: readonly Uint8Array[]) {
  const reader = new HarReader("x.har");
  const events: Event[] = [];
  for await (const { event } of reader.read(stream(chunks))) events.push(event);
  return { events, skipped: reader.skipped, skippedEntries: reader.skippedEntries };
}

function harOf(...entries: readonly unknown[]): Uint8Array {
  return utf8(JSON.stringify({ log: { entries } }));
}

/** The events of one WebSocket entry. */
async function read(entry: object) {
  const { events } = await readBytes(harOf({ _resourceType: "websocket", ...entry }));
  return events;
}

async function readMessage(fields: object): Promise<Event | undefined> {
  return (await read({ _webSocketMessages: [fields] }))[1];
}

async function written(events: readonly Event[], options = {}): Promise<Buffer> {
  const path = newFolder()("x.har");
  const writer = await createHarWriter(path, {
    creatorVersion: "1",
    showSecrets: true,
    ...options,
  });
  for (const event of events) writer.push(event);
  await writer.close();
  return readFileSync(path);
}

const MESSAGE = { type: "send", time: 1_700_000_000.5, opcode: 1, data: "hi" };

describe("HarReader", () => {
  it("joins the entries of a connection that stands in several", async () => {
    const say = (conn: string, ms: number) => message(conn, ms, "out", `${conn}${ms}`);
    const events = [handshake("a"), handshake("b"), say("a", 1), say("b", 2), close("a", 3)];
    const { events: found } = await readBytes(await written(events, { maxFiles: 1 }));
    expect(found.map(({ type, conn }) => `${conn} ${type}`)).toEqual([
      "1 handshake",
      "2 handshake",
      "1 message",
      "2 message",
      "1 close",
    ]);
  });

  it("takes one whose beginning is missing for a connection of its own", async () => {
    const _framecat = { conn: "7", continues: true };
    expect(await read({ _framecat })).toMatchObject([{ type: "handshake", conn: "1" }]);
  });

  it("reads back what was written", async () => {
    const events: Event[] = [
      handshake("1", {
        subprotocol: "chat",
        deflate: {
          serverNoContextTakeover: false,
          clientNoContextTakeover: false,
          serverMaxWindowBits: 12,
          clientMaxWindowBits: 15,
          tellServerMaxWindowBits: true,
        },
        tls: { version: "TLSv1.3", cipher: "AES", authorized: true },
      }),
      message("1", 1, "out", "hällo"),
      message("1", 2, "in", hex("00ff")),
      message("1", 3, "in", hex("61ff"), { kind: "text" }),
      message("1", 4, "out", "beg", { omitted: 97 }),
      { type: "error", conn: "1", at: after(5), code: "abnormal", message: "reset" },
      close("1", 6),
      handshake("2", {
        response: { startLine: "HTTP/1.1 401 Unauthorized", headers: [] },
        body: Buffer.of(0, 255),
        timings: { upgrade: 0 },
      }),
      handshake("3", {
        role: "server",
        response: { startLine: "HTTP/1.1 101 Switching Protocols", headers: [] },
        timings: { upgrade: 0.5 },
      }),
      message("3", 1, "in", "question"),
      message("3", 2, "out", "answer"),
    ];
    const wallClock = (event: Event) => ({
      ...event,
      at: { epochUs: event.at.epochUs, ns: BigInt(event.at.epochUs) * 1000n },
    });
    const expected = events.map(wallClock);
    expect((await readBytes(await written(events))).events).toEqual(expected);
  });

  it("reads any messages back", async () => {
    const any = fc.record({
      ms: fc.integer({ min: 0, max: 1e6 }),
      dir: fc.constantFrom("in" as const, "out" as const),
      kind: fc.constantFrom("text" as const, "binary" as const),
      data: fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.string().map(utf8)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 6 }), async (sketches) => {
        const messages = sketches.map(({ ms, dir, data, kind }) =>
          message("1", ms, dir, data, { kind }),
        );
        const { events } = await readBytes(await written([handshake("1"), ...messages]));
        const said = (event: Event) =>
          event.type === "message" && [event.kind, event.dir, event.at.epochUs, event.data];
        expect(events.slice(1).map(said)).toEqual(messages.map(said));
      }),
      { numRuns: 15 },
    );
  });

  it("reads the same however the bytes come", async () => {
    const bytes = await written([handshake("1"), message("1", 1, "out", 'h"ä'), close("1", 2)]);
    const whole = await readBytes(bytes);
    await fc.assert(
      fc.asyncProperty(splitPoints, async (points) => {
        expect(await readBytes(...splitAt(bytes, points))).toEqual(whole);
      }),
    );
  });

  it("passes over what is no WebSocket connection, and counts it", async () => {
    const page = { _resourceType: "document", request: { url: "https://x/" } };
    const socket = { request: { url: "WSS://x/" } };
    const messages = { _webSocketMessages: [{ type: "news" }, MESSAGE, { ...MESSAGE, opcode: 8 }] };
    const { events, ...skipped } = await readBytes(harOf(page, socket, [], messages));
    expect(skipped).toEqual({ skipped: 2, skippedEntries: 2 });
    expect(events.map(({ type, conn }) => `${type} ${conn}`)).toEqual([
      "handshake 1",
      "handshake 2",
      "message 2",
    ]);
  });

  it.each<[string, object, object]>([
    ["text", {}, { type: "message", dir: "out", kind: "text", data: Buffer.from("hi") }],
    ["what came", { type: "receive" }, { dir: "in" }],
    ["bytes", { opcode: 2, data: "AP8=" }, { kind: "binary", data: Buffer.of(0, 255) }],
    ["base64 without padding", { opcode: 2, data: "AP8" }, { data: Buffer.of(0, 255) }],
    ["no opcode", { opcode: undefined }, { kind: "text" }],
    ["a ping", { opcode: 9, data: "x" }, { type: "ping", dir: "out", data: Buffer.from("x") }],
    ["a pong", { opcode: 10, data: "" }, { type: "pong" }],
    ["an error", { type: "error", opcode: -1 }, { type: "error", message: "hi" }],
    ["seconds", {}, { at: { epochUs: 1_700_000_000_500_000 } }],
    ["milliseconds", { time: 1_700_000_000_500 }, { at: { epochUs: 1_700_000_000_500_000 } }],
    ["ISO", { time: "2023-11-14T22:13:20.5Z" }, { at: { epochUs: 1_700_000_000_500_000 } }],
    ["no time", { time: undefined }, { at: { epochUs: 0, ns: 0n } }],
    ["an absurd time", { time: 1e300 }, { at: { epochUs: 0 } }],
  ])("understands %s", async (_, fields, expected) => {
    expect(await readMessage({ ...MESSAGE, ...fields })).toMatchObject(expected);
  });

  it.each(["HTTP/2", "h2", "http/2.0", "h2c"])("reads %s", async (httpVersion) => {
    const fields = [{ name: ":protocol", value: "websocket" }];
    const entry = {
      request: { url: "wss://h/a?b", method: "CONNECT", httpVersion, headers: fields },
      response: { status: 200, statusText: "OK", httpVersion, headers: [] },
      _webSocketMessages: [],
    };
    const [event] = await read(entry);
    expect(event).toMatchObject({
      request: { startLine: "CONNECT /a?b HTTP/2", headers: [[":protocol", "websocket"]] },
      response: { startLine: "HTTP/2 200" },
    });
    expect(event?.type === "handshake" && hasOpened(event)).toBe(true);
  });

  it("makes the best of what other tools leave out", async () => {
    expect(await read({})).toEqual([
      {
        type: "handshake",
        conn: "1",
        at: { epochUs: 0, ns: 0n },
        role: "client",
        url: "",
        remote: "",
        request: { startLine: "GET / HTTP/1.1", headers: [] },
        response: { startLine: "", headers: [] },
        timings: {},
        violations: [],
      },
    ]);
    const odd = {
      request: { url: "wss://h/a?b", method: "CONNECT", httpVersion: "h2", headers: [7, {}] },
      response: { status: 200, httpVersion: "http/1.0", content: { text: "no" } },
      serverIPAddress: "::1",
      timings: { dns: "x", connect: 3, ssl: 4, wait: 1e308 },
    };
    expect(await read(odd)).toMatchObject([
      {
        remote: "[::1]:443",
        request: {
          startLine: "CONNECT /a?b HTTP/2",
          headers: [
            ["", ""],
            ["", ""],
          ],
        },
        response: { startLine: "HTTP/1.0 200" },
        body: Buffer.from("no"),
        timings: { tcp: 0, tls: 4 },
      },
    ]);
  });

  it("tells a cut file after all that was whole in it", async () => {
    const bytes = harOf({ _webSocketMessages: [MESSAGE] }, { _webSocketMessages: [MESSAGE] });
    const events: string[] = [];
    const reading = async () => {
      for await (const { event } of new HarReader("x.har").read(stream([bytes.subarray(0, -9)]))) {
        events.push(`${event.type} ${event.conn}`);
      }
    };
    const cut = `x.har is cut: it ends at byte ${bytes.length - 9} within the JSON`;
    await expect(reading()).rejects.toMatchObject({ code: "usage", message: cut });
    expect(events).toEqual(["handshake 1", "message 1"]);
  });

  it.each<[Uint8Array, string]>([
    [utf8('{"log":{"entries":[{"a":x}]}}'), "x.har, entry at byte 19: no valid JSON"],
    [
      hex(utf8('{"log":{"entries":[{"a":"'), "ff", utf8('"}]}}')),
      "x.har, entry at byte 19: not UTF-8",
    ],
    [
      harOf({ _webSocketMessages: [MESSAGE, { type: "send" }] }),
      "x.har, entry at byte 19, message 2: it has no data",
    ],
    [
      harOf({ _webSocketMessages: [{ ...MESSAGE, opcode: 2, data: "€" }] }),
      "x.har, entry at byte 19, message 1: the data of a binary message is not base64",
    ],
  ])("refuses %s", async (bytes, told) => {
    await expect(readBytes(bytes)).rejects.toMatchObject({ code: "usage", message: told });
  });

  it("gives events or one error, whatever stands in an entry", async () => {
    const names = ["request", "response", "timings", "startedDateTime", "_framecat"];
    const more = ["time", "type", "opcode", "data", "url", "headers", "status", "close", "wait"];
    const key = fc.constantFrom(...names, ...more);
    const fields = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())));
    await fc.assert(
      fc.asyncProperty(fields, fc.array(fields, { maxLength: 2 }), async (entry, messages) => {
        const reading = read({ ...entry, _webSocketMessages: messages });
        const code = await reading.then(
          ([first]) => first?.type,
          (thrown: { code?: string }) => thrown.code,
        );
        expect(["handshake", "usage"]).toContain(code);
      }),
      { numRuns: 50 },
    );
  });
});

const CHROMIUM = "../shared/captures/17-chromium";

describe.skipIf(!existsSync(`${CHROMIUM}.har`))("what Chromium exports", () => {
  it("is read as the frames of the same session tell it", async () => {
    const { events, ...skipped } = await readBytes(readFileSync(`${CHROMIUM}.har`));
    expect(skipped).toEqual({ skipped: 0, skippedEntries: 0 });
    const { streams } = JSON.parse(readFileSync(`${CHROMIUM}.expect.json`, "utf8")) as Expected;
    const said = streams
      .slice(1)
      .map(({ messages }) =>
        messages.map(
          ({ dir, type, sha256_16: sha }) => `${dir === "c2s" ? "out" : "in"} ${type} ${sha}`,
        ),
      );
    const found = ["1", "2"].map((conn) =>
      events.flatMap((event) =>
        event.type === "message" && event.conn === conn
          ? [`${event.dir} ${event.kind} ${shaOf(event.data)}`]
          : [],
      ),
    );
    for (const [i, lines] of said.entries()) {
      expect(found[i]?.toSorted()).toEqual(lines.toSorted());
    }
    expect(events[0]).toMatchObject({ url: "ws://127.0.0.1:8080/live?x=1", timings: {} });
  });
});

function shaOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

interface Expected {
  readonly streams: readonly {
    readonly messages: readonly {
      readonly dir: string;
      readonly type: string;
      readonly sha256_16: string;
    }[];
  }[];
}
