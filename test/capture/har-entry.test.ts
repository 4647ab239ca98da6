import { describe, expect, it } from "vitest";
import { OpenEntry } from "../../src/capture/har-entry.ts";
import type { HarEntry } from "../../src/capture/har-format.ts";
import type { ErrorEvent, HandshakeEvent } from "../../src/transport/events.ts";
import { hex } from "../helpers/bytes.ts";
import { close, handshake, message } from "../helpers/har.ts";
import { after } from "../helpers/recorded.ts";

const ERROR: ErrorEvent = {
  type: "error",
  conn: "1",
  at: after(5),
  code: "protocol",
  message: 'RSV1\n"',
};

/** The JSON of an entry, whose parts are made in turn. */
function entryOf(
  event: HandshakeEvent,
  parts: (entry: OpenEntry) => readonly Iterable<string>[] = () => [],
  showSecrets = false,
): HarEntry {
  const entry = new OpenEntry(event, { showSecrets });
  const messages = parts(entry).map((pieces) => Array.from(pieces).join(""));
  return JSON.parse(entry.start + messages.join("") + entry.end()) as HarEntry;
}

describe("an entry", () => {
  it("begins with the handshake", () => {
    const { request, _webSocketMessages: messages, ...more } = entryOf(handshake("7"));
    expect([request.url, messages]).toEqual(["ws://example.test:8080/live?x=1&token=***", []]);
    expect(more).toMatchObject({
      time: 10,
      timings: { dns: 1, connect: 5, ssl: 3, wait: 4, receive: 0 },
      _framecat: { conn: "7", role: "client", remote: "[::1]:8080", pings: 0, pongs: 0 },
    });
    expect(entryOf(handshake("7"), undefined, true).request.url).toContain("s3cret");
  });

  it("tells messages in Chrome's form", () => {
    const entry = entryOf(handshake("1"), (open) => [
      open.message(message("1", 1.25, "out", 'h"ällo\u001b')),
      open.message(message("1", 2, "in", hex("00ff"))),
      open.message(message("1", 3, "in", "")),
      open.error(ERROR),
    ]);
    expect(entry._webSocketMessages).toEqual([
      { type: "send", time: 1_700_000_000.00125, opcode: 1, data: 'h"ällo\u001b' },
      { type: "receive", time: 1_700_000_000.002, opcode: 2, data: "AP8=" },
      { type: "receive", time: 1_700_000_000.003, opcode: 1, data: "" },
      { type: "error", time: 1_700_000_000.005, opcode: -1, data: 'RSV1\n"' },
    ]);
    expect([entry.time, entry.timings.receive]).toEqual([15, 5]);
  });

  it("keeps the bytes of text that is none, and tells what was left out", () => {
    const { _webSocketMessages: messages } = entryOf(handshake("1"), (open) => [
      open.message(message("1", 1, "in", hex("61ff"), { kind: "text" })),
      open.message(message("1", 1, "out", "beg", { omitted: 97 })),
    ]);
    expect(messages).toMatchObject([
      { opcode: 1, data: "a\ufffd", _base64: "Yf8=" },
      { data: "beg", _omitted: 97 },
    ]);
  });

  it("sees a server with the eyes of its client", () => {
    const entry = entryOf(handshake("1", { role: "server", remote: "192.0.2.9:51000" }), (open) => [
      open.message(message("1", 1, "in", "question")),
      open.message(message("1", 2, "out", "answer")),
    ]);
    expect(entry._webSocketMessages.map(({ type }) => type)).toEqual(["send", "receive"]);
    expect(entry).toMatchObject({
      serverIPAddress: "",
      _framecat: { role: "server", remote: "192.0.2.9:51000" },
    });
  });

  it("counts pings and pongs, and tells the close", () => {
    const entry = entryOf(handshake("1"), (open) => {
      open.ping();
      open.pong();
      open.pong();
      const event = close("1", 40);
      if (event.type === "close") open.close(event);
      return [];
    });
    expect(entry._framecat).toMatchObject({
      pings: 1,
      pongs: 2,
      close: { code: 1001, reason: "bye", initiator: "peer", clean: true },
    });
    expect(entry.timings.receive).toBe(40);
  });
});
