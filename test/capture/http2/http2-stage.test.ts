import { once } from "node:events";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";
import type { Direction } from "../../../src/transport/events.ts";
import { concat, filler, hex, utf8 } from "../../helpers/bytes.ts";
import { fromClient, fromServer, inShort } from "../../helpers/talk.ts";
import {
  block,
  CONNECT,
  data,
  decodeWire,
  frame,
  headers,
  Http2Talk,
  http2Traffic,
  PREFACE,
  settings,
  type Wire,
} from "./wire.ts";

const close = (code: number) => ({ opcode: 8, payload: Uint8Array.of(code >> 8, code & 255) });

/** Extended CONNECT by node:http2. */
function ask(client: ClientHttp2Session, path: string, more = {}): ClientHttp2Stream {
  return client.request(
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "http",
      ":path": path,
      ":authority": "example.test",
      "sec-websocket-version": "13",
      ...more,
    },
    { endStream: false },
  );
}

async function finished(stream: ClientHttp2Stream): Promise<void> {
  stream.resume();
  if (!stream.closed) await once(stream, "close");
}

/** Two WebSockets and plain requests, one after another and at once. */
function conversation(): Promise<Wire[]> {
  return http2Traffic(
    (stream, asked) => {
      if (asked[":protocol"] !== "websocket") {
        stream.respond({ ":status": 200, "content-type": "text/html" });
        stream.end("x".repeat(40_000));
        return;
      }
      stream.respond({ ":status": 200, "sec-websocket-protocol": "chat" });
      stream.once("data", () => {
        stream.write(fromServer(`welcome to ${asked[":path"]}`));
        stream.end(fromServer("", close(1000)));
      });
    },
    async (client) => {
      const plain = client.request({ ":path": "/page", cookie: "a=1; b=2" });
      const [a, b] = ["/a", "/b?x=1"].map((path) =>
        ask(client, path, { "sec-websocket-protocol": "chat, talk" }),
      ) as [ClientHttp2Stream, ClientHttp2Stream];
      await Promise.all([once(a, "response"), once(b, "response")]);
      a.write(fromClient("from a"));
      b.write(fromClient("from b"));
      await Promise.all(
        [once(a, "end"), once(b, "end")].map(async (end, i) => {
          (i === 0 ? a : b).resume();
          await end;
          (i === 0 ? a : b).end(fromClient("", close(1000)));
        }),
      );
      await Promise.all([finished(a), finished(b), finished(plain)]);
    },
  );
}

const SAID = (id: string, path: string, name: string) => [
  `1.${id} handshake ws://example.test${path} 200`,
  `1.${id} → text@0 from ${name}`,
  `1.${id} ← text@0 welcome to ${path}`,
  `1.${id} ← 0x8@${path.length + 13} \x03\xe8`,
  `1.${id} → 0x8@12 \x03\xe8`,
  `1.${id} close 1000 peer clean`,
];

function ofStream(lines: readonly string[], id: string): string[] {
  return lines.filter((line) => line.startsWith(`1.${id} `));
}

describe("traffic of node:http2", () => {
  it("has a connection for each WebSocket, and nothing of other streams", async () => {
    const wire = await conversation();
    const { events, host, held } = decodeWire(wire);
    const lines = inShort(events);
    expect(ofStream(lines, "3")).toEqual(SAID("3", "/a", "a"));
    expect(ofStream(lines, "5")).toEqual(SAID("5", "/b?x=1", "b"));
    expect(lines).toHaveLength(12);
    expect(events[0]).toMatchObject({
      role: "client",
      remote: "10.0.0.2:80",
      subprotocol: "chat",
      violations: [],
      request: {
        startLine: "CONNECT /a HTTP/2",
        headers: expect.arrayContaining([
          [":protocol", "websocket"],
          ["sec-websocket-protocol", "chat, talk"],
        ]) as unknown,
      },
      response: { startLine: "HTTP/2 200" },
    });
    expect(host.attempted).toBe(true);
    expect(held).toBe(0);
  });

  it("is the same byte by byte", async () => {
    const wire = await conversation();
    const single = wire.flatMap((item): Wire[] =>
      "bytes" in item
        ? Array.from(item.bytes, (octet) => ({ dir: item.dir, bytes: Uint8Array.of(octet) }))
        : [item],
    );
    expect(inShort(decodeWire(single, { stepMs: 0 }).events)).toEqual(
      inShort(decodeWire(wire, { stepMs: 0 }).events),
    );
  });

  it("is inflated as the headers agree", async () => {
    const deflated = (text: string) => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
    const wire = await http2Traffic(
      (stream) => {
        stream.respond({ ":status": 200, "sec-websocket-extensions": "permessage-deflate" });
        stream.end(fromServer(deflated("ho ho ho"), { rsv1: true }));
      },
      async (client) => {
        const stream = ask(client, "/", { "sec-websocket-extensions": "permessage-deflate" });
        await once(stream, "response");
        stream.end(fromClient(deflated("hi hi hi"), { rsv1: true }));
        await finished(stream);
      },
    );
    const { events } = decodeWire(wire);
    const messages = events.flatMap((event) =>
      event.type === "frame" && event.message ? [Buffer.from(event.message.data).toString()] : [],
    );
    expect(messages.toSorted()).toEqual(["hi hi hi", "ho ho ho"]);
    expect(events[0]).toHaveProperty("deflate");
  });

  it("is judged: a server that does not allow it, and refuses", async () => {
    const talk = await http2Traffic(
      (stream) => {
        stream.respond({ ":status": 501 });
        stream.end("not here");
      },
      async (client) => {
        const stream = ask(client, "/", { host: "h" });
        stream.end();
        await finished(stream);
      },
    );
    const { events } = decodeWire(talk);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      body: utf8("not here"),
      violations: [{ rule: "connect-upgrade-headers" }, { rule: "handshake-refused" }],
    });
  });
});

const OPENED = "1.1 handshake ws://example.test/chat 200";
const ENDLESS = "1.1 note the end of this connection is not in the capture";

function told(talk: Http2Talk): string[] {
  return inShort(decodeWire(talk.wire).events);
}

describe("missing bytes", () => {
  it("within DATA cost that payload alone", () => {
    const sent = data(1, concat([fromServer(filler(100), { opcode: 2 }), fromServer("ho")]));
    const talk = new Http2Talk().open(1).server(sent.subarray(0, 31)).gap("in", 50);
    talk.server(sent.subarray(81), data(1, fromServer("more"))).client(headers(3, CONNECT));
    talk.server(headers(3, { ":status": "200" }));
    expect(told(talk)).toEqual([
      OPENED,
      "1.1 ← binary@0 20 B…",
      "1.1 note from the server: 50 B are missing in the capture, from within the frame at byte 0",
      "1.1 ← text@102 ho",
      "1.1 ← text@106 more",
      "1.3 handshake ws://example.test/chat 200",
      ENDLESS,
      ENDLESS.replace("1.1", "1.3"),
    ]);
  });

  it("within other streams cost nothing", () => {
    const other = data(3, filler(100));
    const talk = new Http2Talk().open(1).server(other.subarray(0, 20)).gap("in", 80);
    expect(told(talk.server(other.subarray(100), data(1, fromServer("ho"))))).toEqual([
      OPENED,
      "1.1 ← text@0 ho",
      ENDLESS,
    ]);
  });

  it.each([
    ["between frames", false, "7 B"],
    ["of which the number is not certain", true, "up to 7 B"],
  ])("%s end that direction, and the other goes on", (_, inexact, count) => {
    const sent = data(1, fromServer(filler(100), { opcode: 2 }));
    const talk = new Http2Talk().open(1).server(inexact ? sent.subarray(0, 50) : sent);
    talk.wire.push({ dir: "in", gap: 7, ...(inexact && { inexact }) });
    talk.server(data(1, fromServer("ho"))).client(data(1, fromClient("hi")));
    const lines = told(talk);
    expect(lines).toContain(
      `1 note the HTTP/2 of the server is not read any further: ${count} are missing in the capture`,
    );
    expect(lines.filter((line) => /[←→]/.test(line))).toEqual([
      `1.1 ← binary@0 ${inexact ? "39 B…" : "100 B"}`,
      "1.1 → text@0 hi",
    ]);
  });

  it("of the client do not keep the response from being decoded", () => {
    const talk = new Http2Talk().open().client(headers(1, CONNECT)).gap("out", 50);
    talk.server(headers(1, { ":status": "200" }), data(1, fromServer("ho")));
    expect(told(talk)).toEqual([
      "1 note the HTTP/2 of the client is not read any further: 50 B are missing in the capture",
      OPENED,
      "1.1 ← text@0 ho",
      ENDLESS,
    ]);
  });

  it("of DATA before the response make it go on without", () => {
    const sent = data(1, fromClient("hello"));
    const talk = new Http2Talk().open().client(headers(1, CONNECT));
    talk.client(sent.subarray(0, 16)).gap("out", sent.length - 16);
    talk.client(data(1, fromClient("hi"))).server(headers(1, { ":status": "200" }));
    expect(told(talk)).toEqual([
      "1.1 note CONNECT /chat HTTP/2: the response to it has not come before what follows",
      "1.1 → text@0 h…",
      "1.1 note from the client: 4 B are missing in the capture, from within the frame at byte 0",
      "1.1 → text@11 hi",
      ENDLESS,
    ]);
  });

  it("of the server, from the start: what clients say is decoded, and judged by that alone", () => {
    const talk = new Http2Talk().gap("in", 100).client(PREFACE, settings(), headers(1, CONNECT));
    expect(told(talk.client(data(1, fromClient("hi"))))).toEqual([
      "1.1 note CONNECT /chat HTTP/2: the response to it is not in the capture",
      "1.1 → text@0 hi",
      ENDLESS,
    ]);
  });
});

it("a wrong frame ends both directions, in one note", () => {
  const talk = new Http2Talk().open(1).client(data(1, fromClient("hi")), frame(6, 0, 0));
  talk.client(data(1, fromClient("no"))).server(data(1, fromServer("no")), frame(6, 0, 0));
  expect(told(talk)).toEqual([
    OPENED,
    "1.1 → text@0 hi",
    "1 note HTTP/2 is not read any further: from the client, PING has a length of 0",
    ENDLESS,
  ]);
});

describe("memory", () => {
  const SILENT = {
    event: () => {},
    bytesBeforeResponse: () => {},
    gap: () => {},
    directionEnd: () => {},
    connectionEnd: () => {},
  };

  it("is counted, and given back", () => {
    const budget = new MemoryBudget();
    const held: number[] = [];
    const talk = new Http2Talk().open(1, 3, 5).client(frame(1, 0, 7, filler(10_000)));
    const watcher = { ...SILENT, event: () => void held.push(budget.held) };
    expect(decodeWire(talk.wire, { budget, watcher }).held).toBe(0);
    expect(Math.max(...held)).toBeGreaterThan(10_000 + 3 * 8192);
  });

  it("is given up by who holds much, where all together hold too much", () => {
    const talk = new Http2Talk().open(1);
    for (let i = 0; i < 12; i++) talk.client(frame(i === 0 ? 1 : 9, 0, 3, filler(10_000)));
    const { events, held } = decodeWire(talk.wire, { budget: new MemoryBudget(80_000) });
    expect(inShort(events)[1]).toBe(
      "1 note HTTP/2 is not read any further: more is held at once than may be",
    );
    expect(held).toBe(0);
  });

  it("is bounded however many streams a connection opens", () => {
    const talk = new Http2Talk().open();
    const budget = new MemoryBudget(200_000);
    for (let id = 1; id < 2000; id += 2) talk.client(headers(id, CONNECT));
    const peaks: number[] = [];
    const watcher = { ...SILENT, event: () => void peaks.push(budget.held) };
    const { events, held } = decodeWire(talk.wire, { budget, watcher });
    expect(Math.max(...peaks)).toBeLessThan(200_000 + 10_000);
    const lines = inShort(events);
    expect(lines.slice(0, 4)).toEqual(
      [1, 3].flatMap((id) => [
        `1.${id} note too many streams are open at once: this one, the longest at rest, is given up`,
        `1.${id} note CONNECT /chat HTTP/2: no response to it is in the capture`,
      ]),
    );
    expect(lines.filter((line) => line.includes("no response"))).toHaveLength(1000);
    expect(held).toBe(0);
  });

  it("goes to the streams that say something", () => {
    const talk = new Http2Talk().open(1, 3);
    for (let id = 5; id < 100; id += 2) {
      talk.client(headers(id, CONNECT)).server(headers(id, { ":status": "200" }));
      talk.client(data(1, fromClient(`${id}`)));
    }
    const { events } = decodeWire(talk.wire, { budget: new MemoryBudget(100_000) });
    const lines = inShort(events);
    expect(lines.filter((line) => line.startsWith("1.1 →"))).toHaveLength(48);
    expect(lines.find((line) => line.includes("given up"))).toMatch(/^1\.3 /);
  });
});

it("any bytes, gaps and ends neither throw nor hang, and all that is held is given back", () => {
  const fields = fc.constantFrom(
    block(CONNECT),
    block({ ":status": "200" }),
    block({ ":status": "404" }),
    hex("88"),
    hex("be"),
  );
  const payload = fc.oneof(
    fields,
    fc.constantFrom(fromClient("hi"), fromServer("ho"), fromClient(filler(300))),
    fc.uint8Array({ maxLength: 20 }),
  );
  const one = fc
    .record({
      type: fc.constantFrom(0, 0, 0, 1, 1, 1, 3, 4, 5, 7, 9),
      flags: fc.constantFrom(0, 1, 4, 4, 5, 8),
      stream: fc.constantFrom(0, 1, 1, 1, 2, 3),
      payload,
      cut: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(12)),
    })
    .map((made) => {
      const bytes = frame(made.type, made.flags, made.stream, made.payload);
      return bytes.subarray(0, bytes.length - made.cut);
    });
  const dir = fc.constantFrom<Direction>("out", "in");
  const item = fc.oneof(
    { weight: 12, arbitrary: fc.record({ dir, bytes: one }) },
    { weight: 1, arbitrary: fc.record({ dir, gap: fc.integer({ min: 1, max: 20 }) }) },
    { weight: 1, arbitrary: fc.record({ dir, end: fc.constantFrom("fin", "reset", "cut") }) },
  ) as fc.Arbitrary<Wire>;
  let decoded = 0;
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), fc.boolean(), (items, opened) => {
      const begun = opened ? new Http2Talk().open(1).wire : new Http2Talk().open().wire;
      const { events, held } = decodeWire([...begun, ...items], { deflate: opened });
      decoded += events.filter(({ type }) => type === "frame").length;
      expect(held).toBe(0);
    }),
    { numRuns: 250 },
  );
  expect(decoded).toBeGreaterThan(0);
});
