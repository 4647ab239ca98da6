import { describe, expect, it } from "vitest";
import { createEventRenderer, type EventRendererOptions } from "../../src/render/event-lines.ts";
import { formatTime } from "../../src/render/format.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { CloseEvent, Event, HandshakeEvent } from "../../src/transport/events.ts";
import { frameEvents } from "../helpers/frame-events.ts";

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
      "→ text       5 B  FIN  mask 00000001  hello",
      "← text       3 B                      fragment 1  hel",
      '← ping       1 B  FIN                 "p"',
      "← cont.      2 B  FIN                 fragment 2  lo",
      "← binary     1 B  FIN                 78",
      '○ closed by the peer: 1001 Going Away "bye", clean, after 21 s; 1 sent, 2 received',
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
    expect(renderer()(...frames, message, close).at(-1)).toMatch(/; 0 sent, 1 received$/);
    expect(renderer()(message, message, close).at(-1)).toMatch(/; 0 sent, 2 received$/);
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
    expect(render(close)[0]).not.toContain("received");
  });

  it("keep connections apart", () => {
    const [event] = frameEvents([{ opcode: 1 }]);
    const render = renderer();
    render(handshake, event!, { ...handshake, conn: "2" });
    expect(render({ ...close, conn: "2" })[0]).toMatch(/0 received$/);
    expect(render(close)[0]).toMatch(/1 received$/);
  });
});

describe("a close", () => {
  it.each([
    [{ code: 1000, reason: "" }, "○ closed by the peer: 1000 Normal Closure, clean"],
    [{ code: 1005, reason: "" }, "○ closed by the peer: no code, clean"],
    [{ initiator: "local" }, '○ closed by us: 1001 Going Away "bye", clean'],
    [{ clean: false }, '○ closed by the peer: 1001 Going Away "bye", not clean'],
    [{ code: 1006, clean: false }, "○ closed by the peer without a Close frame (1006)"],
    [{ code: 4321, reason: "\x1b[2J" }, '○ closed by the peer: 4321 Private Use "\\x1b[2J", clean'],
  ] satisfies [Partial<CloseEvent>, string][])("%j", (fields, line) => {
    expect(renderer()({ ...close, ...fields })).toEqual([line]);
  });
});

describe("talk", () => {
  it.each([
    [{ type: "note", message: "the port\x1b[2J" }, "· the port\\x1b[2J"],
    [{ type: "error", code: "tls", message: "expired\n" }, "! expired\\n"],
    [{ type: "reconnect", attempt: 2, delayMs: 500 }, "… reconnecting in 500 ms, attempt 2"],
  ] as const)("%j", (fields, line) => {
    expect(renderer()({ ...common, ...fields })).toEqual([line]);
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
      `${time} #1  ←`,
      `${time} #1  ·`,
      `${time} #1  ○`,
    ]);
  });
});

describe("a single connection", () => {
  it("has times on its frames alone", () => {
    const render = renderer({ timestamps: true });
    const [event] = frameEvents([{ opcode: 1, payload: "a" }]);
    const lines = render(handshake, { ...event!, ...common }, close);
    expect(lines[0]).toMatch(/^●/);
    expect(lines[1]).toBe(`${formatTime(EPOCH_US)} ← text       1 B  FIN                 a`);
    expect(lines[2]).toMatch(/^○/);
  });
});

describe("verbosity", () => {
  const [event] = frameEvents([{ opcode: 1, payload: "a" }]);
  const count = (options: Partial<EventRendererOptions>) => renderer(options)(event!).length;

  it("1 adds the header's bytes and both heads, 2 the bit layout", () => {
    expect(renderer({ verbosity: 1 })(event!)[1]).toBe("  header 81 01 at byte 0");
    expect(renderer({ verbosity: 1 })(handshake)[1]).toContain("→ GET / HTTP/1.1");
    expect(count({ verbosity: 2 })).toBeGreaterThan(count({ verbosity: 1 }));
    expect(count({ diagram: true })).toBe(count({ verbosity: 2 }) - 1);
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
