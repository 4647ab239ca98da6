import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { createEventRenderer, type EventRendererOptions } from "../../src/render/event-lines.ts";
import { formatTime } from "../../src/render/format.ts";
import type { TimestampStyle } from "../../src/render/timestamps.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { CloseEvent, Event, HandshakeEvent } from "../../src/transport/events.ts";
import { displayWidth } from "../../src/width.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { frameEvents } from "../helpers/frame-events.ts";
import { expectGolden } from "../helpers/golden.ts";

const SECOND = 1_000_000_000n;
const EPOCH_US = Date.UTC(2026, 1, 1) * 1000;
const at = (ns = 0n) => ({ epochUs: EPOCH_US + Number(ns / 1000n), ns });
const common = { conn: "1", at: at() };

const handshake: HandshakeEvent = {
  ...common,
  type: "handshake",
  role: "client",
  url: "ws://h/",
  remote: "192.0.2.1:80",
  request: { startLine: "GET / HTTP/1.1", headers: [] },
  response: { startLine: "HTTP/1.1 101 Switching Protocols", headers: [] },
  timings: {},
  violations: [],
};
const secure = {
  url: "wss://stream.example.net/v1",
  remote: "192.0.2.1:443",
  request: {
    startLine: "GET /v1 HTTP/1.1",
    headers: [
      ["Host", "stream.example.net"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Authorization", "Bearer abc"],
    ],
  },
  response: {
    startLine: "HTTP/1.1 101 Switching Protocols",
    headers: [
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ],
  },
  timings: { dns: 2.1, tcp: 11, tls: 19, upgrade: 11 },
  subprotocol: "chat",
  deflate: {
    serverNoContextTakeover: true,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 12,
    clientMaxWindowBits: 15,
  },
  tls: {
    version: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    authorized: true,
    peer: {
      subject: "CN=stream.example.net",
      issuer: "",
      validFrom: "",
      validTo: "2026-04-03T12:00:00Z",
      fingerprint256: "",
    },
  },
} satisfies Partial<HandshakeEvent>;
const close: CloseEvent = {
  ...common,
  type: "close",
  code: 1001,
  reason: "bye",
  initiator: "peer",
  clean: true,
};

function renderer(options: Partial<EventRendererOptions> = {}) {
  const render = createEventRenderer({ theme: createTheme(0), columns: 80, ...options });
  return (...events: readonly Event[]) => events.flatMap(render);
}

const KEY = 0x37fa213d;
const order = JSON.stringify({ channel: "orders", id: 1, items: ["tea", "cake"], total: 12.5 });
const packed = deflateRawSync(order.repeat(20), { finishFlush: constants.Z_SYNC_FLUSH });

/** A session as a person may have it, an event every 12.5 ms. */
function session(): Event[] {
  const frames = frameEvents(
    [
      { opcode: 1, maskKey: KEY, payload: "hello" },
      { opcode: 1, payload: "hello" },
      { opcode: 1, payload: order },
      { opcode: 2, payload: Uint8Array.from({ length: 40 }, (_, i) => i * 7) },
      { opcode: 1, rsv1: true, payload: packed.subarray(0, -4) },
      { opcode: 1, fin: false, payload: "first, " },
      { opcode: 9, payload: "alive?" },
      { opcode: 10, maskKey: KEY, payload: "alive?" },
      { opcode: 0, payload: "second \x1b[2J" },
      { opcode: 3, payload: "?" },
      { opcode: 8, payload: encodeClosePayload(1011, "out of memory") },
      { opcode: 8, maskKey: KEY, payload: encodeClosePayload(1011) },
    ],
    { createInflate },
  );
  const [, answer] = frames;
  const told: Event[] = [
    { ...handshake, ...secure },
    ...frames.map((event) => (event === answer ? { ...event, rttMs: 12.3 } : event)),
    { ...common, type: "note", message: "3 lines were held back" },
    { ...close, code: 1011, reason: "out of memory", durationMs: 1.4 },
    { ...common, type: "reconnect", attempt: 1, tries: 10, delayMs: 1000, reason: "closed" },
  ];
  return told.map((event, i) => ({ ...event, conn: "1", at: at(BigInt(i) * 12_500_000n) }));
}

/** Local times are the same wherever the test runs. */
function inLocalTime(event: Event): Event {
  const offsetUs = new Date(EPOCH_US / 1000).getTimezoneOffset() * 60_000_000;
  const moved = event.type === "frame" ? offsetUs : 0;
  return { ...event, at: { ...event.at, epochUs: event.at.epochUs + moved } };
}

describe("a session on the screen", () => {
  it.each([
    ["80.txt", {}],
    ["120.txt", { columns: 120 }],
    ["log.txt", { columns: undefined, timestamps: "iso" }],
    ["delta.txt", { timestamps: "delta" }],
    ["since.txt", { timestamps: "since" }],
    ["pretty.txt", { pretty: true }],
    ["pretty-color.txt", { pretty: true, theme: createTheme(1) }],
    ["several.txt", { labelConnections: true, timestamps: "since" }],
    ["include.txt", { include: true }],
  ] satisfies [string, Partial<EventRendererOptions>][])(
    "%s",
    (name, options: Partial<EventRendererOptions>) => {
      const render = createEventRenderer({
        theme: createTheme(0),
        columns: 80,
        timestamps: "time",
        maxPrint: 256,
        label: ({ frame }) => (frame.payload.length === order.length ? "orders" : undefined),
        ...options,
      });
      const events = options.timestamps === "iso" ? session() : session().map(inLocalTime);
      const lines = events.flatMap(render);
      const { columns = Number.POSITIVE_INFINITY } = { columns: 80, ...options };
      for (const line of lines) {
        expect(displayWidth(line.replace(/\x1b\[\d+m/g, ""))).toBeLessThanOrEqual(columns);
      }
      expectGolden(`events/${name}`, `${lines.join("\n")}\n`);
    },
  );
});

describe("the events of a connection", () => {
  it("read as a story", () => {
    const frames = frameEvents([
      { opcode: 1, maskKey: 1, payload: "hello" },
      { opcode: 1, fin: false, payload: "hel" },
      { opcode: 9, payload: "p" },
      { opcode: 0, payload: "lo" },
      { opcode: 2, payload: "x" },
    ]);
    expect(renderer()(handshake, ...frames, { ...close, at: at(21n * SECOND) })).toEqual([
      "● open   ws://h/",
      "         at 192.0.2.1:80",
      "→ text       5 B  FIN  mask 00000001  hello",
      "← text       3 B       fragment 1     hel",
      '← ping       1 B  FIN                 "p"',
      "← cont.      2 B  FIN  fragment 2     lo",
      "← binary     1 B  FIN                 78",
      '○ closed by the peer: 1001 Going Away "bye", clean, after 21 s',
      "         1 sent, 5 B · 2 received, 6 B",
    ]);
  });

  it("give no line where frames tell it already", () => {
    const data = new Uint8Array(1);
    const quiet: Event[] = [
      { ...common, type: "message", dir: "in", kind: "text", data },
      { ...common, type: "ping", dir: "in", data },
      { ...common, type: "pong", dir: "in", data },
      { ...common, type: "state", state: "OPEN" },
    ];
    expect(renderer()(...quiet)).toEqual([]);
  });

  it("count a message once, whoever tells of it", () => {
    const data = new Uint8Array(1);
    const frames = frameEvents([{ opcode: 1, payload: "a" }]);
    const message: Event = { ...common, type: "message", dir: "in", kind: "text", data };
    expect(renderer()(...frames, message, close).at(-1)).toMatch(/ 0 sent · 1 received, 1 B$/);
    expect(renderer()(message, message, close).at(-1)).toMatch(/ 0 sent · 2 received, 2 B$/);
  });

  it("are forgotten after the close", () => {
    const render = renderer();
    render(handshake, ...frameEvents([{ opcode: 1 }]), close);
    expect(render(close)).toEqual(['○ closed by the peer: 1001 Going Away "bye", clean']);
  });

  it("are forgotten after a refusal, which no close follows", () => {
    const response = { startLine: "HTTP/1.1 404 Not Found", headers: [] };
    const render = renderer();
    expect(render({ ...handshake, response })[0]).toContain("404");
    expect(render(close)).toHaveLength(1);
  });

  it("keep connections apart", () => {
    const [event] = frameEvents([{ opcode: 1 }]);
    const render = renderer();
    render(handshake, event!, { ...handshake, conn: "2" });
    expect(render({ ...close, conn: "2" })[1]).toMatch(/0 received$/);
    expect(render(close)[1]).toMatch(/1 received, 0 B$/);
  });
});

describe("talk", () => {
  it.each([
    [{ type: "note", message: "the port\x1b[2J" }, "· the port\\x1b[2J"],
    [{ type: "error", code: "tls", message: "expired\n" }, "! expired\\n"],
    [
      { type: "reconnect", attempt: 1, tries: 1, delayMs: 0, reason: "asked for" },
      "… reconnecting, asked for",
    ],
    [{ type: "reconnect", attempt: 2, delayMs: 500 }, "… reconnecting in 500 ms, attempt 2"],
    [
      { type: "reconnect", attempt: 2, tries: 10, delayMs: 1500, reason: "it was lost\x1b" },
      "… reconnecting in 1.5 s, attempt 2 of 10: it was lost\\x1b",
    ],
    [
      { type: "reconnected", lost: "1", attempt: 2, offlineMs: 3200, queued: 0 },
      "… connected again after 3.2 s; what was sent last may not have arrived",
    ],
  ] as const)("%j", (fields, line) => {
    expect(renderer()({ ...common, ...fields })).toEqual([line]);
  });

  it("says what a finding is about, which may have passed long ago", () => {
    const about = { type: "finding", part: "frame", dir: "out", frame: 3, offset: 1200 } as const;
    const [first] = renderer()({ ...common, ...about, violation: violation("mask-key-repeated") });
    expect(first).toMatch(/^! frame 4 → at byte 1,200: /);
    const cut = { type: "finding", part: "frame", offset: 1200 } as const;
    const half = { ...common, ...cut, violation: violation("opcode-reserved") };
    expect(renderer()(half)[0]).toMatch(/^! frame at byte 1,200: /);
    expect(renderer()({ ...half, dir: "in" })[0]).toMatch(/^! frame ← at byte 1,200: /);
    const end = { type: "finding", part: "end", dir: "in" } as const;
    const [said] = renderer()({ ...common, ...end, violation: violation("close-unanswered") });
    expect(said).toMatch(/^! end of ←: /);
    const head = { type: "finding", part: "request" } as const;
    const [asked] = renderer()({ ...common, ...head, violation: violation("request-key-reused") });
    expect(asked).toMatch(/^! request: /);
  });

  it("doubts nothing of a connection whose peer has answered our Close frame", () => {
    const render = renderer();
    const end = { code: 1000, reason: "", initiator: "local", clean: true } as const;
    render({ ...common, type: "close", ...end });
    const gap = { lost: "1", attempt: 1, offlineMs: 9, queued: 0 };
    expect(render({ ...common, type: "reconnected", ...gap })).toEqual([
      "… connected again after 9.0 ms",
    ]);
  });

  it("is wrapped on a screen, and not in a log file", () => {
    const gap = { type: "reconnected", lost: "1", attempt: 2, offlineMs: 3200, queued: 2 } as const;
    const event = { ...common, ...gap };
    expect(renderer()(event)).toEqual([
      "… connected again after 3.2 s; 2 messages waited and leave now; what was sent",
      "  last may not have arrived",
    ]);
    expect(renderer({ columns: undefined })(event)).toHaveLength(1);
  });
});

describe("several connections", () => {
  it("are told apart on every line", () => {
    const render = renderer({ labelConnections: true, timestamps: true });
    const time = formatTime(EPOCH_US);
    const frames = frameEvents([{ opcode: 1, payload: "a" }]).map((event) => ({
      ...event,
      ...common,
    }));
    const lines = render(handshake, ...frames, { ...common, type: "note", message: "n" }, close);
    expect(lines.map((line) => line.slice(0, time.length + 6))).toEqual([
      `${time} #1  ●`,
      " ".repeat(time.length + 6),
      `${time} #1  ←`,
      `${time} #1  ·`,
      `${time} #1  ○`,
      " ".repeat(time.length + 6),
      " ".repeat(time.length + 6),
    ]);
  });
});

describe("a single connection", () => {
  it("has times on its frames alone", () => {
    const render = renderer({ timestamps: true });
    const [event] = frameEvents([{ opcode: 1, payload: "a" }]);
    const lines = render(handshake, { ...event!, ...common }, close);
    expect(lines[0]).toMatch(/^●/);
    expect(lines[2]).toBe(`${formatTime(EPOCH_US)} ← text       1 B  FIN                 a`);
    expect(lines[3]).toMatch(/^○/);
  });
});

describe("verbosity", () => {
  const [event] = frameEvents([{ opcode: 1, payload: "a" }]);
  const count = (options: Partial<EventRendererOptions>) => renderer(options)(event!).length;

  it("1 adds the header's bytes and both heads, 2 the bit layout", () => {
    expect(renderer({ verbosity: 1 })(event!)[1]).toBe("  header 81 01 at byte 0");
    expect(renderer({ verbosity: 1 })(handshake)[2]).toContain("→ GET / HTTP/1.1");
    expect(renderer({ include: true })(handshake)).toEqual(renderer({ verbosity: 1 })(handshake));
    expect(count({ verbosity: 2 })).toBeGreaterThan(count({ verbosity: 1 }));
    expect(count({ diagram: true })).toBe(count({ verbosity: 2 }) - 1);
  });
});

describe("the time before a frame", () => {
  const [frame] = frameEvents([{ opcode: 1, payload: "a" }]);
  const passed = (ns: bigint): Event => ({ ...frame!, conn: "1", at: at(ns) });
  const times = (timestamps?: TimestampStyle | boolean) =>
    renderer(timestamps === undefined ? {} : { timestamps })(
      { ...handshake, at: at(5n * SECOND) },
      passed(6n * SECOND),
      { ...common, type: "state", state: "OPEN", at: at(7n * SECOND) },
      passed(7n * SECOND + 1_500_000n),
    )
      .filter((line) => line.includes("text"))
      .map((line) => line.split(/ ?←/)[0]);

  it.each([
    ["iso", ["2026-02-01T00:00:06.000000Z", "2026-02-01T00:00:07.001500Z"]],
    ["since", ["    1.000000", "    2.001500"]],
    ["delta", ["+   1.000000", "+   1.001500"]],
    ["off", ["", ""]],
    [false, ["", ""]],
    [undefined, ["", ""]],
  ] as const)("%s", (style, expected) => expect(times(style)).toEqual(expected));

  it("counts from the first event where no connection opens", () => {
    const render = renderer({ timestamps: "since" });
    expect(render(passed(SECOND), passed(3n * SECOND))[1]).toMatch(/^ {4}2\.000000 ←/);
  });
});

describe("what the caller knows of a frame", () => {
  const [chat, alive] = frameEvents([
    { opcode: 1, payload: "hi" },
    { opcode: 1, maskKey: 1, payload: `{"type":"ping","note":"${"x".repeat(80)}"}` },
  ]);

  it("its label stands before the payload", () => {
    const label = () => "room\x1b";
    expect(renderer({ label })(chat!)).toEqual(["← text       2 B  FIN  room\\x1b  hi"]);
    const bold = renderer({ label, theme: createTheme(1) })(chat!)[0];
    expect(bold).toContain("\x1b[1mroom\\x1b\x1b[22m");
  });

  it("a heartbeat is dim and takes one line", () => {
    const isHeartbeat = (event: Event) => event === alive;
    const lines = renderer({ isHeartbeat, theme: createTheme(1) })(alive!);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\x1b\[2m→ text {5}105 B {2}FIN {2}mask 00000001 {2}\{.*…\x1b\[22m$/);
    expect(lines[0]!.length).toBeLessThanOrEqual(80 + "\x1b[2m\x1b[22m".length);
    expect(renderer({ isHeartbeat })(chat!)[0]).toMatch(/hi$/);
  });
});

describe("color", () => {
  it("changes no character", () => {
    const frames = frameEvents([
      { opcode: 1, maskKey: 7, payload: "hello" },
      { opcode: 3, rsv2: true, payload: "\x1b[2J" },
      { opcode: 1, payload: `{\n${"x".repeat(100)}` },
      { opcode: 2, payload: new Uint8Array(40) },
    ]);
    const events = [handshake, ...frames.map((event) => ({ ...event, rttMs: 1 })), close];
    const colored = renderer({ theme: createTheme(3), verbosity: 2 })(...events);
    expect(colored.join("\n")).toContain("\x1b[");
    expect(colored.map((line) => line.replace(/\x1b\[[\d;]*m/g, "").trimEnd())).toEqual(
      renderer({ verbosity: 2 })(...events),
    );
  });

  it("is red only where something is wrong", () => {
    const red = "\x1b[31m";
    const render = renderer({ theme: createTheme(1), verbosity: 2 });
    const frames = frameEvents([{ opcode: 1, maskKey: 7, payload: "hello" }, { opcode: 9 }]);
    expect(render(handshake, ...frames, close).join("")).not.toContain(red);
    expect(render(...frameEvents([{ opcode: 3 }])).join("")).toContain(red);
    expect(render({ ...close, code: 1006 }).join("")).toContain(red);
    expect(render({ ...close, code: 1011 }).join("")).toContain(red);
    expect(render({ ...close, code: 4001, initiator: "local" }).join("")).not.toContain(red);
  });
});
